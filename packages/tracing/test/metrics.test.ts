import { queryObjects } from 'node:v8';
import { describe, expect, test } from 'vitest';
import {
  createMeter,
  type EndedOperation,
  genAiMetrics,
  type Measurement,
  prometheusName,
  withMeasuredSpan,
} from '../src/metrics/index.ts';
import { mostSeries, Series } from '../src/metrics/series.ts';
import { inTelemetry } from './in-trace.ts';

/** A meter, what it has measured, and what it has warned of. */
function meter() {
  const measurements: Measurement[] = [];
  const warnings: { fields: object; text: string }[] = [];
  const sink = { record: (measurement: Measurement) => measurements.push(measurement) };
  const measureAll = createMeter([sink], { warn: (fields, text) => warnings.push({ fields, text }) });
  const measure = (operation: Partial<EndedOperation>) => {
    const already = measurements.length;
    measureAll({ attributes: {}, seconds: 1, errorType: null, span: null, ...operation });
    return measurements.slice(already);
  };
  return { measure, measurements, warnings };
}

/** What a meter makes of the operations. */
function measured(...operations: Partial<EndedOperation>[]): Measurement[] {
  const { measure, measurements } = meter();
  operations.forEach(measure);
  return measurements;
}

const shown = (measurements: Measurement[]) =>
  Object.fromEntries(measurements.map(({ metric, value }) => [metric.name, value]));

test('Names, instruments and units are those of the conventions, in Prometheus with its suffixes.', () => {
  const rows = Object.values(genAiMetrics).map((metric) => [
    metric.name,
    `${metric.instrument} ${metric.unit}`,
    prometheusName(metric),
  ]);

  expect(rows).toEqual([
    ['gen_ai.client.inference.duration', 'histogram s', 'gen_ai_client_inference_duration_seconds'],
    [
      'gen_ai.client.inference.usage.input_tokens',
      'counter {token}',
      'gen_ai_client_inference_usage_input_tokens_total',
    ],
    [
      'gen_ai.client.inference.usage.output_tokens',
      'counter {token}',
      'gen_ai_client_inference_usage_output_tokens_total',
    ],
    [
      'gen_ai.client.inference.usage.cache_read.input_tokens',
      'counter {token}',
      'gen_ai_client_inference_usage_cache_read_input_tokens_total',
    ],
    [
      'gen_ai.client.inference.usage.cache_write.input_tokens',
      'counter {token}',
      'gen_ai_client_inference_usage_cache_write_input_tokens_total',
    ],
    [
      'gen_ai.client.inference.usage.reasoning.output_tokens',
      'counter {token}',
      'gen_ai_client_inference_usage_reasoning_output_tokens_total',
    ],
    [
      'gen_ai.client.inference.operation.input_tokens',
      'histogram {token}',
      'gen_ai_client_inference_operation_input_tokens',
    ],
    [
      'gen_ai.client.inference.operation.output_tokens',
      'histogram {token}',
      'gen_ai_client_inference_operation_output_tokens',
    ],
    ['gen_ai.invoke_agent.duration', 'histogram s', 'gen_ai_invoke_agent_duration_seconds'],
    ['gen_ai.execute_tool.duration', 'histogram s', 'gen_ai_execute_tool_duration_seconds'],
  ]);
});

test('Buckets are those the conventions advise.', () => {
  const { inferenceDuration, inputTokensOfCall, agentDuration, toolDuration } = genAiMetrics;

  const doubling = (first: number, count: number) => Array.from({ length: count }, (_, n) => first * 2 ** n);
  expect(inferenceDuration.buckets).toEqual(doubling(0.01, 14));
  expect(toolDuration.buckets).toEqual(inferenceDuration.buckets);
  expect(agentDuration.buckets).toEqual(doubling(0.1, 13));
  expect(inputTokensOfCall.buckets).toEqual(Array.from({ length: 14 }, (_, n) => 4 ** n));
});

describe('What is measured', () => {
  const chat = { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'small-1' };

  test('of a call is its time and its tokens, each as far as it is reported.', () => {
    const tokens = { input: 300, output: 20, cacheRead: 100, cacheCreation: 50, reasoning: 5 };

    expect(shown(measured({ attributes: chat, seconds: 0.5, tokens }))).toEqual({
      'gen_ai.client.inference.duration': 0.5,
      'gen_ai.client.inference.usage.input_tokens': 300,
      'gen_ai.client.inference.usage.output_tokens': 20,
      'gen_ai.client.inference.usage.cache_read.input_tokens': 100,
      'gen_ai.client.inference.usage.cache_write.input_tokens': 50,
      'gen_ai.client.inference.usage.reasoning.output_tokens': 5,
      'gen_ai.client.inference.operation.input_tokens': 300,
      'gen_ai.client.inference.operation.output_tokens': 20,
    });
    expect(shown(measured({ attributes: chat, errorType: 'model_timeout' }))).toEqual({
      'gen_ai.client.inference.duration': 1,
      'gen_ai.client.inference.usage.input_tokens': 0,
      'gen_ai.client.inference.usage.output_tokens': 0,
    });
  });

  test('of an agent or a tool is its time; of anything else, nothing.', () => {
    const names = ['invoke_agent', 'execute_tool', 'invoke_workflow'].map((name) =>
      Object.keys(shown(measured({ attributes: { 'gen_ai.operation.name': name } }))),
    );

    expect(names).toEqual([['gen_ai.invoke_agent.duration'], ['gen_ai.execute_tool.duration'], []]);
    expect(measured({})).toEqual([]);
  });

  test('has the attributes of its metric alone, and error.type where it failed.', () => {
    const attributes = {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': 'Planner',
      'gen_ai.provider.name': 'openai',
      'agento.item.id': 'p1-i1',
    };

    expect(measured({ attributes, errorType: 'answer_invalid' })[0]?.attributes).toEqual({
      'gen_ai.agent.name': 'Planner',
      'error.type': 'answer_invalid',
    });
  });

  test('has a bounded number of values of each attribute, whatever an endpoint answers.', () => {
    const answers = Array.from({ length: 300 }, (_, n) => ({
      attributes: { ...chat, 'gen_ai.response.model': n === 0 ? 'x'.repeat(200) : `model-${n % 250}` },
    }));
    const models = new Set(measured(...answers).map(({ attributes }) => attributes['gen_ai.response.model']));

    expect(models.size).toBe(101);
    expect([models.has('model-1'), models.has('_OTHER'), models.has('model-249')]).toEqual([
      true,
      true,
      false,
    ]);
  });

  const attributesOf = (name: string, ...operations: Partial<EndedOperation>[]) =>
    measured(...operations)
      .filter(({ metric }) => metric.name === name)
      .map(({ attributes }) => attributes);

  test('has the same attributes where operations differ only in what its metric leaves out.', () => {
    const operations = [{ attributes: chat }, { attributes: chat, errorType: 'model_timeout' }];
    const [first, second] = attributesOf(genAiMetrics.inputTokens.name, ...operations);

    expect(first).toBe(second);
    expect(Object.isFrozen(first)).toBe(true);
    const [good, bad] = attributesOf(genAiMetrics.inferenceDuration.name, ...operations);
    expect([good?.['error.type'], bad?.['error.type']]).toEqual([undefined, 'model_timeout']);
  });

  test.each([
    ['a number and its digits', 443, '443'],
    ['an empty value and none', '', undefined],
    ['what is too long and _OTHER itself', 'x'.repeat(200), '_OTHER'],
  ])('has the same attributes for %s: to Prometheus they are one series.', (_, one, same) => {
    const [first, second] = attributesOf(
      genAiMetrics.inferenceDuration.name,
      { attributes: { ...chat, 'server.port': one } },
      { attributes: { ...chat, 'server.port': same } },
    );

    expect(first).toBe(second);
  });
});

describe('Of more combinations than are kept apart', () => {
  const overflow = { 'otel.metric.overflow': true };
  const tokens = { input: 300, output: 20, cacheRead: 100, cacheCreation: 50, reasoning: 5 };
  /** The nth of thousands of calls that differ: in what was asked for, what answered and, where they fail, how. */
  const call = (n: number, more: Partial<EndedOperation> = {}): Partial<EndedOperation> => ({
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': `asked-${n % 70}`,
      'gen_ai.response.model': `answered-${Math.floor(n / 70)}`,
    },
    tokens,
    ...more,
  });
  const ofMetric = (measurements: Measurement[], name: string) =>
    measurements.filter(({ metric }) => metric.name === name);
  const seriesOf = (measurements: Measurement[], name: string) =>
    new Set(ofMetric(measurements, name).map(({ attributes }) => attributes));

  test('all further ones are one series, and nothing is lost or counted twice.', () => {
    const count = mostSeries + 1_500;
    const { measure, measurements } = meter();
    for (let n = 0; n < count; n += 1) measure(call(n));

    for (const { name } of Object.values(genAiMetrics).filter(({ name }) => name.includes('.client.'))) {
      const series = [...seriesOf(measurements, name)];
      expect(series).toHaveLength(mostSeries + 1);
      expect(series.filter((attributes) => 'otel.metric.overflow' in attributes)).toEqual([overflow]);
      expect(ofMetric(measurements, name)).toHaveLength(count);
      const late = ofMetric(measurements, name).filter(({ attributes }) => attributes === series.at(-1));
      expect(late).toHaveLength(1_500);
    }
  });

  test('the first ones stay as they are, however many others come after.', () => {
    const { measure } = meter();
    const [before] = measure(call(7));
    for (let n = 0; n < 3 * mostSeries; n += 1) measure(call(n));
    const [after] = measure(call(7));

    expect(after?.attributes).toMatchObject({ 'gen_ai.request.model': 'asked-7' });
    expect(after?.attributes).toBe(before?.attributes);
    expect(measure(call(mostSeries + 7))[0]?.attributes).toEqual(overflow);
  });

  test('no more than the limit is kept apart, and as many are.', () => {
    const { measure, warnings } = meter();
    for (let n = 0; n < mostSeries; n += 1) measure(call(n));

    expect(measure(call(mostSeries - 1))[0]?.attributes).not.toEqual(overflow);
    expect(warnings).toEqual([]);
    expect(measure(call(mostSeries))[0]?.attributes).toEqual(overflow);
  });

  test('the tokens of one call are in series of the same models, or all of them in those of the overflow.', () => {
    const { measure } = meter();
    let overflowed = 0;
    for (let n = 0; n < mostSeries + 700; n += 1) {
      // Every other one is answered by nobody, and has no tokens to tell.
      const ofCall = measure(call(n, n % 2 ? { tokens: undefined } : {})).slice(1);
      const models = ofCall.map(({ attributes }) => {
        const { 'gen_ai.token.modality': _, ...others } = attributes;
        return JSON.stringify(others);
      });
      expect(new Set(models).size).toBe(1);
      if (models[0] === JSON.stringify(overflow)) overflowed += 1;
    }
    expect(overflowed).toBe(700);
  });

  test('errors leave the tokens of the same models alone.', () => {
    const { measure } = meter();
    const failing = (n: number) => call(n % 70, { errorType: `error-${Math.floor(n / 70)}` });
    for (let n = 0; n < 2 * mostSeries; n += 1) measure(failing(n));
    const [duration, ...others] = measure(failing(2 * mostSeries));

    expect(duration?.attributes).toEqual(overflow);
    expect(others.map(({ attributes }) => Object.keys(attributes))).not.toContainEqual(Object.keys(overflow));
  });

  test('one metric takes no room from another.', () => {
    const { measure, measurements } = meter();
    for (let n = 0; n < 2 * mostSeries; n += 1) {
      const tool = { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': `tool-${n % 70}` };
      measure({ attributes: tool, errorType: `error-${Math.floor(n / 70)}` });
    }
    for (let n = 0; n < mostSeries; n += 1) measure(call(n));

    const overflowed = measurements.filter(({ attributes }) => 'otel.metric.overflow' in attributes);
    expect(new Set(overflowed.map(({ metric }) => metric.name))).toEqual(
      new Set([genAiMetrics.toolDuration.name]),
    );
  });

  test('the log is told once of each metric, and which attributes had how many values.', () => {
    const { measure, warnings } = meter();
    for (let n = 0; n < 2 * mostSeries; n += 1) measure(call(n));

    const values = {
      'gen_ai.operation.name': 1,
      'gen_ai.provider.name': 0,
      'gen_ai.request.model': 70,
      'gen_ai.response.model': 29,
      'server.address': 0,
      'server.port': 0,
    };
    const text =
      'metrics have more than 2000 series: further ones are counted together, as otel.metric.overflow';
    const ofTokens = Object.values(genAiMetrics)
      .map(({ name }) => name)
      .filter((name) => name.endsWith('_tokens'));
    expect(warnings).toEqual([
      {
        fields: { metrics: [genAiMetrics.inferenceDuration.name], values: { ...values, 'error.type': 0 } },
        text,
      },
      { fields: { metrics: ofTokens, values }, text },
    ]);
  });

  test('none of them is kept, however many there are.', () => {
    const { measure } = meter();
    for (let n = 0; n < 3 * mostSeries; n += 1) measure(call(n));

    expect(queryObjects(Series)).toBeLessThanOrEqual(mostSeries);
    expect(measure(call(0))).toHaveLength(8);
  });
});

describe('A measured span', () => {
  const start = { name: 'chat small-1', attributes: { 'gen_ai.operation.name': 'chat' } };

  test('is told of with its ids and its error, and lasts as long as was measured.', async () => {
    const ended: EndedOperation[] = [];
    const spans = await inTelemetry(async () => {
      expect(
        await withMeasuredSpan(
          start,
          (operation) => ended.push(operation),
          async () => 'made',
        ),
      ).toBe('made');
      const failed = Object.assign(new Error('no'), { code: 'model_timeout' });
      await expect(
        withMeasuredSpan(
          start,
          (operation) => ended.push(operation),
          async () => Promise.reject(failed),
        ),
      ).rejects.toBe(failed);
    });

    const seconds = expect.any(Number);
    expect(ended).toEqual(
      spans.map(({ traceId, spanId }, place) => ({
        attributes: start.attributes,
        seconds,
        errorType: place === 0 ? null : 'model_timeout',
        span: { trace_id: traceId, span_id: spanId },
      })),
    );
  });

  test('that is not recorded is measured too, and nobody is led to it.', async () => {
    const ended: EndedOperation[] = [];
    const env = { AGENTO_TRACE_SAMPLE_RATE: '0' };
    await inTelemetry(
      () =>
        withMeasuredSpan(
          start,
          (operation) => ended.push(operation),
          async () => {},
        ),
      env,
    );

    expect(ended).toMatchObject([{ errorType: null, span: null }]);
  });
});
