import { describe, expect, test } from 'vitest';
import type { Attributes, Trace } from '../src/index.ts';
import { backend, backendNames, firstOf, fragment } from './backends/index.ts';
import { goldenNames, goldenTrace } from './golden/index.ts';
import { recordedText, recordedTrace } from './recorded/index.ts';

const traces = [...goldenNames, 'seldom' as const].map((name) => goldenTrace(name));
const spans = traces.flatMap((trace: Trace) => trace.spans);
const ours = new Set(
  spans.flatMap(({ attributes, resource }) => [...Object.keys(attributes), ...Object.keys(resource)]),
);
const ofEvents = new Set(
  spans.flatMap(({ events }) => events.flatMap(({ attributes }) => Object.keys(attributes))),
);

describe('what another backend shows of a run', () => {
  test.each([
    {
      name: 'langfuse',
      shown: {
        'trace name': 'langfuse.trace.name',
        session: 'session.id',
        user: null,
        kind: 'openinference.span.kind',
        input: 'langfuse.observation.input',
        output: 'langfuse.observation.output',
        model: 'gen_ai.response.model',
        'input tokens': 'gen_ai.usage.input_tokens',
        'output tokens': 'gen_ai.usage.output_tokens',
        cost: 'gen_ai.usage.cost',
        filter: 'langfuse.trace.metadata.*',
        scores: null,
      },
    },
    {
      name: 'tempo',
      shown: {
        service: 'service.name',
        'search by session': 'session.id',
        'search by run': 'agento.run.id',
        'search by model': 'gen_ai.request.model',
        'search by cost': 'agento.cost.usd',
        scores: null,
      },
    },
    {
      name: 'datadog',
      shown: {
        application: 'service.name',
        kind: 'gen_ai.operation.name',
        provider: 'gen_ai.provider.name',
        model: 'gen_ai.request.model',
        input: 'gen_ai.input.messages',
        output: 'gen_ai.output.messages',
        'input tokens': 'gen_ai.usage.input_tokens',
        'output tokens': 'gen_ai.usage.output_tokens',
        scores: null,
      },
    },
    {
      name: 'honeycomb',
      shown: {
        dataset: 'service.name',
        conversation: 'gen_ai.conversation.id',
        agent: 'gen_ai.agent.name',
        kind: 'gen_ai.operation.name',
        model: 'gen_ai.request.model',
        'input tokens': 'gen_ai.usage.input_tokens',
        'output tokens': 'gen_ai.usage.output_tokens',
        'column of the cost': 'agento.cost.usd',
        scores: null,
      },
    },
  ] as const)(
    'in $name comes from our attributes or from what its fragment makes of them',
    ({ name, shown }) => {
      const there = ours.union(new Set(fragment(name).renames.map(({ to }) => to)));
      const reads = Object.entries(backend(name).reads);
      expect(Object.fromEntries(reads.map(([what, names]) => [what, firstOf(names, there)]))).toEqual(shown);
    },
  );

  test('of a model call in Langfuse is its messages, which without the fragment would be the version of its prompt', () => {
    const call = spans.find(({ attributes }) => attributes['agento.step'] === 'model.call');
    const there = new Set(Object.keys(call?.attributes ?? {}));
    const made = fragment('langfuse').renames.filter(({ from }) => there.has(from));
    const { input = [] } = backend('langfuse').reads;
    expect(firstOf(input, there)).toBe('gen_ai.prompt.*');
    expect(firstOf(input, there.union(new Set(made.map(({ to }) => to))))).toBe('langfuse.observation.input');
    expect(made).toContainEqual({ to: 'langfuse.observation.input', from: 'gen_ai.input.messages' });
  });

  test.each(backendNames)('is taken by the fragment of %s from attributes that our spans have', (name) => {
    const from = fragment(name).renames.map((rename) => rename.from);
    // Of a long answer; no golden trace has one.
    const known = ours.union(ofEvents).add('ai.response_truncated');
    expect(from.filter((attribute) => !known.has(attribute))).toEqual([]);
  });
});

describe('what another backend cuts or refuses', () => {
  test.each([
    { name: 'langfuse', over: [] },
    {
      name: 'tempo',
      over: [
        'agento.plan json',
        'ai.payload.large ai.prompt',
        'ai.payload.large module_output',
        'ai.prompt',
        'ai.prompt_truncated',
        'ai.response',
        'capture.criteria_evaluation outputs',
        'capture.criteria_generation outputs',
        'capture.plan_evaluation outputs',
        'capture.plan_generation outputs',
        'capture.quality_check outputs',
        'full_prompt text',
        'full_response text',
        'gen_ai.input.messages',
        'gen_ai.output.messages',
        'module_output.full json',
        'module_output_truncated',
      ],
    },
    { name: 'datadog', over: ['ai.payload.large module_output'] },
    { name: 'honeycomb', over: [] },
  ] as const)('of a recorded run in $name is known', ({ name, over }) => {
    const most = backend(name).limits.value?.bytes ?? Number.POSITIVE_INFINITY;
    expect(valuesOver(most)).toEqual(over);
  });

  test.each(backendNames)('at the length of a value is cut and marked on the way to %s', (name) => {
    const { value } = backend(name).limits;
    const cuts = fragment(name).cuts.map(({ of, bytes, marked }) => ({
      of,
      fits: bytes <= (value?.bytes ?? 0),
      marked,
    }));
    const both = [
      { of: 'span', fits: true, marked: true },
      { of: 'spanevent', fits: true, marked: true },
    ];
    expect(cuts).toEqual(value === undefined ? [] : both);
  });

  test.each(backendNames)('at the size of a request, a trace or a span is not reached in %s', (name) => {
    const { request, trace, span } = backend(name).limits;
    const services = 4 * 1024 * 1024;
    if (request) expect(fragment(name).request ?? services).toBeLessThan(request.bytes);
    if (trace) expect(recordedText().length).toBeLessThan(trace.bytes);
    const largest = Math.max(...recordedText().trimEnd().split('\n').map(largestSpan));
    if (span) expect(largest).toBeLessThan(span.bytes);
  });
});

/** The names of attributes of the recorded run, those of events after the event's name, with a value of more bytes. */
function valuesOver(most: number): string[] {
  const over = (attributes: Attributes) =>
    Object.entries(attributes)
      .filter(
        ([, value]) => Buffer.byteLength(typeof value === 'string' ? value : JSON.stringify(value)) > most,
      )
      .map(([name]) => name);
  const names = recordedTrace().spans.flatMap(({ attributes, events }) => [
    ...over(attributes),
    ...events.flatMap((event) => over(event.attributes).map((name) => `${event.name} ${name}`)),
  ]);
  return [...new Set(names)].sort();
}

/** Bytes of the largest span in a line of OTLP JSON, which is longer than its protobuf. */
function largestSpan(line: string): number {
  const { resourceSpans } = JSON.parse(line) as { resourceSpans: { scopeSpans: { spans: object[] }[] }[] };
  const all = resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
  return Math.max(...all.map((span) => JSON.stringify(span).length));
}
