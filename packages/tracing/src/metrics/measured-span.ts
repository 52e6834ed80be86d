import type { Attributes } from '@opentelemetry/api';
import { referenceOf, type SpanReference } from '../lineage.ts';
import { errorType, type Span, type SpanStart, withSpan } from '../span.ts';

/** An operation of the GenAI conventions that has ended: of a model, an agent or a tool. */
export interface EndedOperation {
  /** Those its span began with; each metric takes its own of them. */
  attributes: Attributes;
  seconds: number;
  /** `error.type` of its span; null: it succeeded. */
  errorType: string | null;
  /** Its span, which a measurement leads to; null where that is not recorded. */
  span: SpanReference | null;
  /** What a model call used, null where the endpoint does not report it; absent if there was no answer. */
  tokens?: OperationTokens | undefined;
}

/** `input` includes what was read from and written to the provider's cache, `output` the reasoning. */
export interface OperationTokens {
  input: number | null;
  output: number | null;
  cacheRead?: number;
  cacheCreation?: number;
  reasoning?: number;
}

/** Runs the work in a span, like `withSpan`, and tells `ended` of it in any case, recorded or not. */
export function withMeasuredSpan<T>(
  start: SpanStart,
  ended: (operation: EndedOperation) => void,
  work: (span: Span) => Promise<T>,
): Promise<T> {
  const began = performance.now();
  return withSpan(start, async (span) => {
    const end = (failure: string | null) =>
      ended({
        attributes: start.attributes ?? {},
        seconds: (performance.now() - began) / 1_000,
        errorType: failure,
        span: span.isRecording() ? referenceOf(span) : null,
      });
    let value: T;
    try {
      value = await work(span);
    } catch (error) {
      end(errorType(error));
      throw error;
    }
    end(null);
    return value;
  });
}
