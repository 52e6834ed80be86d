import {
  type Attributes,
  isOwn,
  moduleOf,
  type RecordedEvent,
  type RecordedSpan,
  type Trace,
} from '../../src/model.ts';

/**
 * What spans look like, whatever run they are of: by span, event or link of a module, the traits that each one of them
 * has (`always`), and those that at least one has (`seen`).
 */
export type Shape = Map<string, { always: Set<string>; seen: Set<string> }>;

/** Attributes whose values the contract names; of others only the key is a trait. */
const constants = new Set([
  'agent.name',
  'agento.step',
  'openinference.span.kind',
  'gen_ai.agent.name',
  'gen_ai.operation.name',
  'gen_ai.output.type',
  'gen_ai.evaluation.name',
  'agento.decision.kind',
  'kind',
  'guardrail.name',
  'guardrail.action',
  'guardrail.outcome',
  'source',
  'service.name',
  'service.namespace',
  'module.number',
  'module.type',
]);

export function shapeOf(traces: Trace[]): Shape {
  const shape: Shape = new Map();
  for (const [thing, traits] of traces.flatMap(thingsOf)) {
    const here = new Set(traits);
    const { always, seen } = shape.get(thing) ?? { always: here, seen: here };
    shape.set(thing, { always: always.intersection(here), seen: seen.union(here) });
  }
  return shape;
}

type Thing = [name: string, traits: string[]];

function thingsOf({ spans }: Trace): Thing[] {
  const names = new Map(spans.map((span) => [span.span_id, nameOf(span)]));
  return spans.flatMap((span): Thing[] => {
    const name = nameOf(span);
    const place = [`kind ${span.kind}`, `below ${names.get(span.parent_span_id) ?? 'nothing'}`];
    const placed: Thing[] = [
      [`${name}, in the tree`, place],
      [`module ${moduleOf(span)}, resource`, traitsOf(span.resource)],
    ];
    // What else is on a library's span is the library's.
    if (!isOwn(span)) return placed;
    const hasAll = span.status.code !== 'ERROR' || isVerdict(span);
    return [...placed, ...(hasAll ? doneThings(span, name, names) : failedThings(span))];
  });
}

function doneThings(span: RecordedSpan, name: string, names: Map<string, string>): Thing[] {
  const events = span.events.filter((event) => !event.name.startsWith('ai.payload.'));
  const traits = [
    `scope ${span.scope.name}`,
    ...traitsOf(span.attributes),
    ...events.map((event) => `event ${eventName(event)}`),
    ...span.links.map(({ attributes }) => `link ${attributes.relationship}`),
  ];
  return [
    [name, traits],
    ...events.map((event): Thing => [`${name}, event ${eventName(event)}`, traitsOf(event.attributes)]),
    ...span.links.map(({ span_id, attributes }): Thing => {
      const target = `to ${names.get(span_id)}`;
      return [`${name}, link ${attributes.relationship}`, [target, ...traitsOf(attributes)]];
    }),
  ];
}

/** A failed span may lack anything but what says so. */
function failedThings({ attributes, events }: RecordedSpan): Thing[] {
  const exceptions = events.filter((event) => event.name === 'exception');
  return [
    ['a failed span', Object.keys(attributes).filter((key) => key === 'error.type')],
    ...exceptions.map((event): Thing => ['a failed span, exception', traitsOf(event.attributes)]),
  ];
}

/**
 * `run_module_N`, a model's and a tool's name aside, a name says nothing of the run. What was replayed, and what a guardrail
 * of AGENTO_GUARDRAILS said, are things of their own.
 */
function nameOf(span: RecordedSpan): string {
  const name = span.name
    .replace(
      /^chat .*/s,
      span.attributes['agento.replayed'] === true ? 'chat {model} (replayed)' : 'chat {model}',
    )
    .replace(/^execute_tool .*/s, 'execute_tool {tool}')
    .replace(/^validation$/, isVerdict(span) ? 'validation of an answer' : 'validation');
  return `module ${moduleOf(span)}, ${name}`;
}

/** Of a guardrail of AGENTO_GUARDRAILS: it has failed where it blocks, and says all the same what it found. */
function isVerdict({ attributes }: RecordedSpan): boolean {
  return 'guardrail.action' in attributes;
}

/** Two kinds of verdict may be on one span. */
function eventName({ name, attributes }: RecordedEvent): string {
  return [name, attributes['gen_ai.evaluation.name'] ?? []].flat().join(' ');
}

/** A value is the same trait whether it is large or not. */
function traitsOf(attributes: Attributes): string[] {
  return Object.entries(attributes)
    .filter(([key]) => !/^(payload_truncated|.*payload_(event|key)|telemetry\.sdk\..*)$/.test(key))
    .filter(([key]) => !(key.endsWith('_size') && `${key.slice(0, -'_size'.length)}_truncated` in attributes))
    .map(([key, value]) => (constants.has(key) ? `${key} = ${value}` : key.replace(/_truncated$/, '')));
}

/**
 * In what real runs differ from the golden traces, in words: what those do not have, what they have and no real run
 * has, and what each of them has and only some in real runs. What `optional` fits (`{thing}: {trait}`) may differ.
 */
export function differences(golden: Shape, real: Shape, optional: RegExp): string[] {
  const things = [...new Set([...golden.keys(), ...real.keys()])].sort();
  return things.flatMap((thing) => {
    const [wanted, found] = [golden.get(thing), real.get(thing)];
    if (!wanted) return [`${thing} is not in the golden traces`];
    if (!found) return [`${thing} is only in the golden traces`];
    const told = (traits: Set<string>, what: string) =>
      [...traits]
        .map((trait) => `${thing}: ${trait}`)
        .filter((line) => !optional.test(line))
        .map((line) => `${line} ${what}`);
    return [
      ...told(found.seen.difference(wanted.seen), 'is not in the golden traces'),
      ...told(wanted.seen.difference(found.seen), 'is only in the golden traces'),
      ...told(
        wanted.always.difference(found.always).intersection(found.seen),
        'is on each in the golden traces, and missing on some in the real runs',
      ),
    ];
  });
}
