import { AsyncLocalStorage } from 'node:async_hooks';
import { trace } from '@opentelemetry/api';
import { type ReadableSpan, type SpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LangChainHandler } from '../src/frameworks/langchain.ts';
import { type AgentsSpan, AgentsTraceProcessor } from '../src/frameworks/openai-agents.ts';
import { AgentoSpanProcessor, initializeTracing } from '../src/index.ts';
import type { Tracing } from '../src/start-tracing.ts';

const minutes = 60_000;
const failed = { message: 'Error in agent run', data: { error: 'Error: the model is gone' } };

let ended: ReadableSpan[];
let tracing: Tracing;

/** What has ended stays here after the end of tracing, too. */
const keeping: SpanProcessor = {
  onStart() {},
  onEnd: (span) => ended.push(span),
  async forceFlush() {},
  async shutdown() {},
};

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  ended = [];
  tracing = initializeTracing({ otlpEndpoint: 'disabled', processors: [keeping] }, {});
});
afterEach(async () => {
  vi.useRealTimers();
  await tracing.shutdown();
});

/** The spans that have ended, with their status and how long they took, in milliseconds. */
function seen() {
  return ended.map(({ name, status, duration: [seconds, nanoseconds] }) => [
    name,
    status.message ?? 'ended',
    Math.round(seconds * 1_000 + nanoseconds / 1e6),
  ]);
}

function passes(milliseconds: number) {
  vi.advanceTimersByTime(milliseconds);
}

function spanOf(traceId: string, spanId: string, parentId: string | null, type: string): AgentsSpan {
  return { traceId, spanId, parentId, spanData: { type }, error: null };
}

/** A model's call that has begun and never ends, of which LangChain tells where a stream is left. */
function leaveStream(handler: LangChainHandler, id: string) {
  handler.handleLLMStart({}, ['Who?'], id);
}

test('A run of LangChain that is left ends as interrupted once nothing was heard of it for an hour, at its last sign of life.', () => {
  const handler = new LangChainHandler();
  handler.handleChainStart({}, {}, 'g', undefined, [], {}, undefined, 'Finder');
  passes(5 * minutes);
  leaveStream(handler, 'other');
  handler.handleToolStart({}, 'Leith', 't', 'g');
  passes(59 * minutes);
  expect(seen()).toEqual([]);
  handler.handleToolEnd('Ann', 'other');
  passes(1 * minutes);

  const why = 'Nothing was heard of it for an hour';
  expect(seen()).toEqual([
    ['llm_call', 'ended', 59 * minutes],
    ['tool.tool', why, 0],
    ['Finder.run', why, 5 * minutes],
  ]);
  for (const { attributes, status } of ended.slice(1)) {
    expect(attributes).toMatchObject({ 'agento.interrupted': true, 'error.type': 'interrupted' });
    expect(status.code).toBe(2);
  }
  handler.handleToolEnd('too late', 't');
  expect(ended).toHaveLength(3);
});

test('What a run leaves open may still end after it, as a model that does not listen; or is interrupted a minute later.', () => {
  const handler = new LangChainHandler();
  handler.handleChainStart({}, {}, 'g', undefined, [], {}, undefined, 'Finder');
  handler.handleLLMStart({}, ['Who?'], 'heard', 'g');
  handler.handleLLMStart({}, ['Who?'], 'never', 'g');
  handler.handleChainError(new Error('boom'), 'g');
  const answer = { usage_metadata: { input_tokens: 12, output_tokens: 3 } };
  handler.handleLLMEnd({ generations: [[{ message: answer }]] }, 'heard');
  expect(ended[1]?.attributes).toMatchObject({ 'gen_ai.usage.output_tokens': 3 });
  passes(1 * minutes);
  expect(seen()).toEqual([
    ['Finder.run', 'boom', 0],
    ['llm_call', 'ended', 0],
    ['llm_call', 'The run ended before this did', 0],
  ]);
});

test('The OpenAI Agents SDK does not end the trace of a run that throws: a minute later it ends as failed, at the time of the failure.', async () => {
  const processor = new AgentsTraceProcessor();
  await processor.onTraceStart({ traceId: 'one', name: 'Workflow' });
  const task = spanOf('one', 'task', null, 'task');
  await processor.onSpanStart(task);
  await processor.onSpanStart(spanOf('one', 'agent', 'task', 'agent'));
  passes(500);
  await processor.onSpanEnd({ ...spanOf('one', 'agent', 'task', 'agent'), error: failed });
  await processor.onSpanEnd({ ...task, error: failed });
  passes(2 * minutes);

  const why = 'Error in agent run: Error: the model is gone';
  expect(seen()).toEqual([
    ['agent.run', why, 500],
    ['Workflow', why, 500],
  ]);
  expect(ended[1]?.attributes).not.toHaveProperty('agento.interrupted');
});

test('A trace that goes on after a run in it failed is no failed one.', async () => {
  const processor = new AgentsTraceProcessor();
  await processor.onTraceStart({ traceId: 'one', name: 'Workflow' });
  for (const [id, error] of [
    ['first', failed],
    ['second', null],
  ] as const) {
    await processor.onSpanStart(spanOf('one', id, null, 'task'));
    passes(10 * minutes);
    await processor.onSpanEnd({ ...spanOf('one', id, null, 'task'), error });
  }
  passes(10 * minutes);
  await processor.onTraceEnd({ traceId: 'one', name: 'Workflow' });
  expect(seen()).toEqual([['Workflow', 'ended', 30 * minutes]]);
});

test('An id that is used again after a failure is another trace.', async () => {
  const processor = new AgentsTraceProcessor();
  for (const error of [failed, null]) {
    await processor.onTraceStart({ traceId: 'one', name: 'Workflow' });
    await processor.onSpanStart(spanOf('one', 'task', null, 'task'));
    await processor.onSpanEnd({ ...spanOf('one', 'task', null, 'task'), error });
  }
  await processor.onTraceEnd({ traceId: 'one', name: 'Workflow' });
  expect(seen()).toEqual([
    ['Workflow', 'Error in agent run: Error: the model is gone', 0],
    ['Workflow', 'ended', 0],
  ]);
});

test('Two traces at once do not end each other’s spans.', async () => {
  const processor = new AgentsTraceProcessor();
  for (const id of ['one', 'two']) {
    await processor.onTraceStart({ traceId: id, name: id });
    await processor.onSpanStart(spanOf(id, `agent-${id}`, null, 'agent'));
  }
  await processor.onTraceEnd({ traceId: 'one', name: 'one' });
  passes(1 * minutes);
  expect(seen()).toEqual([
    ['one', 'ended', 0],
    ['agent.run', 'The run ended before this did', 0],
  ]);
  await processor.onSpanEnd(spanOf('two', 'agent-two', null, 'agent'));
  await processor.onTraceEnd({ traceId: 'two', name: 'two' });
  expect(seen().slice(2)).toEqual([
    ['agent.run', 'ended', 1 * minutes],
    ['two', 'ended', 1 * minutes],
  ]);
});

test('Of more than a thousand open runs the one that was silent for longest is interrupted, whichever handler began it.', () => {
  const finder = new LangChainHandler();
  finder.handleChainStart({}, {}, 'g', undefined, [], {}, undefined, 'Finder');
  for (let at = 1; at < 1_000; at += 1) leaveStream(new LangChainHandler(), 'call');
  finder.handleToolStart({}, 'Leith', 't', 'g');
  expect(seen()).toEqual([]);
  leaveStream(new LangChainHandler(), 'call');
  expect(seen()).toEqual([['llm_call', 'More than 1000 runs were open', 0]]);
});

test('What is open when tracing ends is interrupted and delivered, innermost first.', async () => {
  const handler = new LangChainHandler();
  handler.handleChainStart({}, {}, 'g', undefined, [], {}, undefined, 'Finder');
  handler.handleChainStart({}, {}, 's', 'g');
  handler.handleToolStart({}, 'Leith', 't', 's');
  const processor = new AgentsTraceProcessor();
  await processor.onTraceStart({ traceId: 'one', name: 'Workflow' });
  await processor.shutdown();
  vi.useRealTimers();
  await tracing.shutdown();
  await processor.onTraceEnd({ traceId: 'one', name: 'Workflow' });
  expect(seen()).toEqual([
    ['Workflow', 'The processor was shut down before this ended', 0],
    ['tool.tool', 'Tracing ended before this did', 0],
    ['Finder.run', 'Tracing ended before this did', 0],
  ]);
});

test('Likewise where an SDK of one’s own ends.', async () => {
  vi.useRealTimers();
  await tracing.shutdown();
  const provider = new TracerProvider({ spanProcessors: [new AgentoSpanProcessor({}, {}), keeping] });
  trace.setGlobalTracerProvider(provider);
  leaveStream(new LangChainHandler(), 'call');
  await provider.shutdown();
  trace.disable();
  expect(ended.map(({ name, status }) => [name, status.message])).toEqual([
    ['llm_call', 'Tracing ended before this did'],
  ]);
});

test('A span that is interrupted is ended in nobody’s context, not in that of the run in which it is noticed.', () => {
  const store = new AsyncLocalStorage<string>();
  const contexts: unknown[] = [];
  const end = vi.spyOn(keeping, 'onEnd').mockImplementation(() => contexts.push(store.getStore()));
  store.run('one', () => {
    const handler = new LangChainHandler();
    for (let at = 0; at <= 1_000; at += 1) leaveStream(handler, `call-${at}`);
  });
  passes(60 * minutes);
  end.mockRestore();
  expect([contexts.length, new Set(contexts)]).toEqual([1_001, new Set([undefined])]);
});
