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
  /** These hold for all below, the last for calls alone. */
  resource?: Values;
  scope?: string;
  'agento.step.name'?: string;
  events?: Nested<{ event: string } & Values>;
  links?: Nested<{ to: string } & Values>;
  below?: Nested<Written>;
}
interface Above {
  resource: Values;
  scope: string;
  stepName: string | undefined;
}
type Nested<T> = (T | Nested<T>)[];

const kinds = { INTERNAL: 1, SERVER: 2, CLIENT: 3 };
const statuses = { UNSET: 0, ERROR: 2 };
const long = { tag: '!long', resolve: (length: string) => 'x'.repeat(Number(length)) };

/** Read before each trace, for their anchors. */
const shared = ['shared', 'steps', ...chain.map(({ number }) => `module-${number}`)];

/** Those whose like the offline model can bring about; `seldom` is for the rest. */
export const goldenNames = ['published', 'held', 'failed', 'web-search'] as const;

/** A trace written by hand from docs/telemetry.md. Only ids and times are made here. */
export function goldenTrace(name: (typeof goldenNames)[number] | 'seldom'): Trace {
  const text = [...shared, name].map((part) =>
    readFileSync(new URL(`${part}.yaml`, import.meta.url), 'utf8'),
  );
  const options = { merge: true, maxAliasCount: -1, customTags: [long] };
  const { trace } = parse(text.join('\n'), options) as { trace: Nested<Written> };
  const lines: object[] = [];
  let clock = 1_760_000_000_000_000_000n;
  const tick = () => {
    clock += 2_000_000n;
    return clock;
  };
  const write = (written: Written, parent: string, above: Above) => {
    const { span: name, id, kind, status = 'UNSET', message, events, links, below, ...rest } = written;
    const { resource = above.resource, scope = above.scope, 'agento.step.name': step, ...attributes } = rest;
    const isCall = /^(chat|execute_tool) /.test(name);
    const stepName = step ?? (isCall ? above.stepName : undefined);
    const spanId = idOf(id ?? `span ${clock}`);
    const start = tick();
    for (const child of flat(below)) write(child, spanId, { resource, scope, stepName });
    const [scopeName = '', version = ''] = scope.split(' ');
    const span = otlpSpan({
      module: 0,
      own: true,
      id: spanId,
      parent,
      name,
      kind: kinds[kind],
      start,
      end: tick(),
      attributes: attributesOf({ ...attributes, ...(stepName && { 'agento.step.name': stepName }) }),
      events: flat(events).map(({ event, ...fields }) => ({ name: event, attributes: fields })),
      links: flat(links).map(({ to, ...fields }) => ({ to: idOf(to), attributes: fields })),
    });
    const spans = [{ ...span, status: { code: statuses[status], message } }];
    const scopeSpans = [{ scope: { name: scopeName, version }, spans }];
    lines.push({ resourceSpans: [{ resource: { attributes: otlpAttributes(resource) }, scopeSpans }] });
  };
  for (const span of flat(trace)) write(span, '', { resource: {}, scope: '', stepName: undefined });
  return parseOtlpJson(lines.map((line) => JSON.stringify(line)).join('\n'), traceId);
}

function flat<T>(nested: Nested<T> = []): T[] {
  return (nested as unknown[]).flat(Number.POSITIVE_INFINITY) as T[];
}

function idOf(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 16);
}

/** Without what was taken away; `agento.link.{relationship}` names spans as links do. */
function attributesOf(written: Record<string, Value | null>): Values {
  const values: Values = {};
  for (const [key, value] of Object.entries(written)) {
    if (value === null) continue;
    values[key] =
      key.startsWith('agento.link.') && Array.isArray(value) ? value.map(String).map(idOf) : value;
  }
  return values;
}
