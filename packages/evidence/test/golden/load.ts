import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { chain } from '@agento/contracts';
import { parse } from 'yaml';
import { parseOtlpJson, type Trace } from '../../src/index.ts';
import { otlpAttributes, otlpSpan, traceId, type Value, type Values } from '../otlp.ts';

/** A span as a golden trace has it: what is none of these is an attribute. */
interface Written {
  span: string;
  /** What links call it by. */
  id?: string;
  kind: keyof typeof kinds;
  status?: keyof typeof statuses;
  message?: string;
  /** These hold for all below: the prefix for ids and for links to them, the execution for what Agento starts. */
  resource?: Values;
  scope?: string;
  prefix?: string;
  execution?: number;
  /** Holds for the calls below. */
  'agento.step.name'?: string;
  events?: Nested<{ event: string } & Values>;
  links?: Nested<{ to: string } & Values>;
  below?: Nested<Written>;
}
interface Above {
  resource: Values;
  scope: string;
  prefix: string;
  execution: number | undefined;
  stepName: string | undefined;
}
const nothing: Above = { resource: {}, scope: '', prefix: '', execution: undefined, stepName: undefined };

type Nested<T> = (T | Nested<T>)[];

const kinds = { INTERNAL: 1, SERVER: 2, CLIENT: 3 };
const statuses = { UNSET: 0, ERROR: 2 };
const long = { tag: '!long', resolve: (length: string) => 'x'.repeat(Number(length)) };

/** Read before each trace, for their anchors. */
const shared = ['shared', 'steps', ...chain.map(({ number }) => `module-${number}`)];

/**
 * Those of runs as they usually are, whose like the offline model can bring about. It can `replayed` and `guarded`, too;
 * `seldom`, `resumed` and `reviewed` are for the rest.
 */
export const goldenNames = ['published', 'held', 'failed', 'web-search'] as const;

type GoldenName = (typeof goldenNames)[number] | 'replayed' | 'guarded' | 'seldom' | 'resumed' | 'reviewed';

/** A trace written by hand from docs/telemetry.md. Only ids and times are made here. */
export function goldenTrace(name: GoldenName): Trace {
  const builtOn = name === 'resumed' || name === 'reviewed' ? ['published'] : [];
  const text = [...shared, ...builtOn, name].map((part) =>
    readFileSync(new URL(`${part}.yaml`, import.meta.url), 'utf8'),
  );
  const options = { merge: true, maxAliasCount: -1, customTags: [long] };
  const parts = parse(text.join('\n'), options) as {
    trace: Nested<Written>;
    resumed?: Nested<Written>;
    reviewed?: Nested<Written>;
  };
  const trace = parts.reviewed ?? parts.resumed ?? parts.trace;
  const lines: object[] = [];
  const ids = idsIn(trace);
  let clock = 1_760_000_000_000_000_000n;
  const tick = () => {
    clock += 2_000_000n;
    return clock;
  };
  const write = (written: Written, parent: string, above: Above) => {
    const { span: name, id, kind, status = 'UNSET', message, events, links, below, ...rest } = written;
    const { resource = above.resource, scope = above.scope, prefix = above.prefix, ...more } = rest;
    const { execution = above.execution, 'agento.step.name': step, ...given } = more;
    const attributes: Record<string, Value | null> = given;
    const spanOf = (called: string) => idOf(ids.has(prefix + called) ? prefix + called : called);
    const isCall = /^(chat|execute_tool) /.test(name);
    const stepName = step ?? (isCall ? above.stepName : undefined);
    const spanId = id === undefined ? idOf(`span ${clock}`) : spanOf(id);
    const start = tick();
    // The last sign of life of a span that was lost is before what happened below it.
    const lastSign = attributes['agento.interrupted'] === true ? tick() : null;
    for (const child of flat(below)) write(child, spanId, { resource, scope, prefix, execution, stepName });
    const isOwn = scope.startsWith('agento.module');
    const [scopeName = '', version = ''] = scope.split(' ');
    const span = otlpSpan({
      module: 0,
      own: true,
      id: spanId,
      parent,
      name,
      kind: kinds[kind],
      start,
      end: lastSign ?? tick(),
      attributes: attributesOf(
        {
          ...attributes,
          ...(stepName && { 'agento.step.name': stepName }),
          ...(isOwn && execution !== undefined && { 'agento.run.execution': execution }),
        },
        spanOf,
      ),
      events: flat(events).map(({ event, ...fields }) => ({ name: event, attributes: fields })),
      links: flat(links).map(({ to, ...fields }) => ({ to: spanOf(to), attributes: fields })),
    });
    const spans = [{ ...span, status: { code: statuses[status], message } }];
    const scopeSpans = [{ scope: { name: scopeName, version }, spans }];
    lines.push({ resourceSpans: [{ resource: { attributes: otlpAttributes(resource) }, scopeSpans }] });
  };
  for (const span of flat(trace)) write(span, '', nothing);
  return parseOtlpJson(lines.map((line) => JSON.stringify(line)).join('\n'), traceId);
}

function flat<T>(nested: Nested<T> = []): T[] {
  return (nested as unknown[]).flat(Number.POSITIVE_INFINITY) as T[];
}

/** All ids of a trace, with their prefixes. */
function idsIn(trace: Nested<Written>, above = ''): Set<string> {
  const ids = new Set<string>();
  for (const { id, prefix = above, below } of flat(trace)) {
    if (id !== undefined) ids.add(prefix + id);
    for (const inner of idsIn(below ?? [], prefix)) ids.add(inner);
  }
  return ids;
}

function idOf(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 16);
}

/** Without what was taken away; `agento.link.{relationship}` names spans as links do. */
function attributesOf(written: Record<string, Value | null>, spanOf: (called: string) => string): Values {
  const values: Values = {};
  for (const [key, value] of Object.entries(written)) {
    if (value === null) continue;
    values[key] =
      key.startsWith('agento.link.') && Array.isArray(value) ? value.map(String).map(spanOf) : value;
  }
  return values;
}
