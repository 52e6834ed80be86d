import { type Attributes, trace } from '@opentelemetry/api';
import { describe, expect, test } from 'vitest';
import {
  getTracer,
  recordGuardrail,
  recordInput,
  recordOutput,
  recordVerdict,
  traced,
  withSpan,
} from '../src/index.ts';
import { inTelemetry, onSpan } from './in-trace.ts';

/** The kind of a span that begins with these attributes. */
async function kindWith(attributes: Attributes): Promise<string | undefined> {
  const [span] = await inTelemetry(() => withSpan({ name: 'work', attributes }, async () => {}));
  return span?.openInferenceKind;
}

describe('Every span has an OpenInference kind:', () => {
  test.each<[attributes: Attributes, kind: string]>([
    [{ 'agento.step': 'module' }, 'CHAIN'],
    [{ 'agento.step': 'hop' }, 'CHAIN'],
    [{ 'agento.step': 'agent.run' }, 'AGENT'],
    [{ 'agento.step': 'model.call', 'agent.model': 'm' }, 'LLM'],
    [{ 'agento.step': 'tool.call' }, 'TOOL'],
    [{ 'agento.step': 'validation' }, 'GUARDRAIL'],
    [{ 'agento.step': 'human.review' }, 'EVALUATOR'],
    [{ 'gen_ai.operation.name': 'chat' }, 'LLM'],
    [{ 'gen_ai.operation.name': 'invoke_agent' }, 'AGENT'],
    [{ 'gen_ai.operation.name': 'execute_tool' }, 'TOOL'],
    [{ 'agent.model': 'm' }, 'AGENT'],
    [{ 'openinference.span.kind': 'RETRIEVER', 'agento.step': 'module' }, 'RETRIEVER'],
    [{}, 'CHAIN'],
  ])('%o is %s.', async (attributes, kind) => {
    expect(await kindWith(attributes)).toBe(kind);
  });

  test('spans of other people’s code and of the library as well.', async () => {
    const spans = await inTelemetry(async () => {
      trace.getTracer('an instrumentation').startSpan('GET').end();
      traced('search', () => 1)();
      getTracer().createToolSpan({ toolName: 'look_up' }).end();
      getTracer().createModuleSpan({ moduleType: 'verifier', operation: 'check' }).end();
    });

    expect(spans.map(({ name, openInferenceKind }) => [name, openInferenceKind])).toEqual([
      ['GET', 'CHAIN'],
      ['search', 'CHAIN'],
      ['tool.look_up', 'TOOL'],
      ['verifier.check', 'EVALUATOR'],
    ]);
  });

  test('whoever gives a verdict is an EVALUATOR, and a guardrail says that it is one.', async () => {
    const judge = await onSpan((span) =>
      recordVerdict(span, { name: 'fit', score: 1, label: 'pass', explanation: 'It fits.' }),
    );
    const guard = await onSpan((span) => recordGuardrail(span, 'short', []));

    expect([judge.openInferenceKind, guard.openInferenceKind]).toEqual(['EVALUATOR', 'GUARDRAIL']);
  });
});

describe('What went in and what came out, for a list', () => {
  test('is text or JSON, and says which.', async () => {
    const { attributes } = await onSpan((span) => {
      recordInput(span, 'A goal');
      recordOutput(span, { items: 5 });
    });

    expect(attributes).toEqual({
      'input.value': 'A goal',
      'input.mime_type': 'text/plain',
      'output.value': '{"items":5}',
      'output.mime_type': 'application/json',
    });
  });

  test('is cut at 8,192 bytes without a copy of the rest, and free of secrets.', async () => {
    const { attributes, events } = await onSpan((span) => {
      recordInput(span, `sk-${'a1B2'.repeat(8)} ${'é'.repeat(5_000)}`);
      recordOutput(span, { text: 'x'.repeat(9_000) });
    });

    expect(attributes['input.value']).toMatch(/^\*\*\*REDACTED\*\*\* é+$/);
    expect(Buffer.byteLength(String(attributes['input.value']))).toBeLessThanOrEqual(8_192);
    expect(attributes['output.mime_type']).toBe('text/plain');
    expect(events).toEqual([]);
  });

  test('is not there while content is off.', async () => {
    const off = { OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'NO_CONTENT' };
    const { attributes, openInferenceKind } = await onSpan((span) => recordInput(span, 'A goal'), off);

    expect([attributes, openInferenceKind]).toEqual([{}, 'CHAIN']);
  });
});
