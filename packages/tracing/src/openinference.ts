import type { Span as ApiSpan, Attributes } from '@opentelemetry/api';
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace';
import { withoutBytes } from './bytes.ts';
import { attribute, libraryAttribute } from './names.ts';
import { cut, redacted, toText } from './payload.ts';
import { setRedactedAttribute } from './redacting-processor.ts';
import { settingsOf } from './settings.ts';

/** What a span is, in OpenInference's words: Phoenix and others choose by it how to show it. */
export type OpenInferenceKind = 'CHAIN' | 'AGENT' | 'LLM' | 'TOOL' | 'EVALUATOR' | 'GUARDRAIL';

const byStep: Record<string, OpenInferenceKind> = {
  'agent.run': 'AGENT',
  critique: 'AGENT',
  'human.review': 'EVALUATOR',
  'model.call': 'LLM',
  'tool.call': 'TOOL',
  validation: 'GUARDRAIL',
};
const byOperation: Record<string, OpenInferenceKind> = {
  chat: 'LLM',
  text_completion: 'LLM',
  generate_content: 'LLM',
  execute_tool: 'TOOL',
  invoke_agent: 'AGENT',
  create_agent: 'AGENT',
};

/** By what a span has when it begins; whatever says nothing of itself, an instrumentation's among them, is a CHAIN. */
function kindOf(attributes: Attributes): OpenInferenceKind {
  const named =
    byStep[String(attributes[attribute.step])] ?? byOperation[String(attributes[attribute.genAiOperation])];
  if (named) return named;
  if (attributes[libraryAttribute.moduleType] === 'verifier') return 'EVALUATOR';
  return attribute.agentModel in attributes ? 'AGENT' : 'CHAIN';
}

/** Gives every span its kind as it begins, so that one that another process has to end has it as well. */
export class KindProcessor implements SpanProcessor {
  onStart(span: Span): void {
    const { attributes } = span as unknown as ReadableSpan;
    if (!(attribute.spanKind in attributes)) span.setAttribute(attribute.spanKind, kindOf(attributes));
  }

  onEnd(): void {}

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}
}

/** For a span that turns out to be another kind than it seemed when it began. */
export function setKind(span: ApiSpan, kind: OpenInferenceKind): void {
  span.setAttribute(attribute.spanKind, kind);
}

/**
 * What went into a span, for lists that show it in one line: at most 8,192 bytes of it, redacted. A string is text,
 * anything else JSON. What must be kept whole is recorded with `setContent`. Does nothing while content is off.
 */
export function recordInput(span: ApiSpan, value: unknown): void {
  recordValue(span, attribute.inputValue, attribute.inputMimeType, value);
}

/** What came out of it, likewise. */
export function recordOutput(span: ApiSpan, value: unknown): void {
  recordValue(span, attribute.outputValue, attribute.outputMimeType, value);
}

function recordValue(span: ApiSpan, key: string, typeKey: string, value: unknown): void {
  if (!settingsOf(span).content || !span.isRecording()) return;
  const text = redacted(span, toText(withoutBytes(value)));
  const shown = cut(text);
  setRedactedAttribute(span, key, shown);
  // What was cut is no JSON any more.
  const isJson = typeof value !== 'string' && shown === text;
  span.setAttribute(typeKey, isJson ? 'application/json' : 'text/plain');
}
