import { describe, expect, test } from 'vitest';
import {
  createMeter,
  type EndedOperation,
  genAiMetrics,
  type Measurement,
  prometheusName,
  withMeasuredSpan,
} from '../src/metrics/index.ts';
import { inTelemetry } from './in-trace.ts';

/** What a meter makes of the operations. */
function measured(...operations: Partial<EndedOperation>[]): Measurement[] {
  const measurements: Measurement[] = [];
  const measure = createMeter([{ record: (measurement) => measurements.push(measurement) }]);
  for (const operation of operations) {
    measure({ attributes: {}, seconds: 1, errorType: null, span: null, ...operation });
  }
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
