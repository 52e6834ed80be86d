import { isInterrupted, type RecordedSpan, textOf } from '../model.ts';

/** Why a span has no result; `type` is its `error.type`. */
export interface Failure {
  span_id: string;
  type: string;
  message: string;
}

/** `interrupted`: its process died or was stopped before it was done. */
export type Ending = 'done' | 'failed' | 'interrupted';

export function endingOf(span: RecordedSpan): Ending {
  if (isInterrupted(span)) return 'interrupted';
  return span.status.code === 'ERROR' ? 'failed' : 'done';
}

export function failureOf(span: RecordedSpan): Failure | null {
  if (endingOf(span) === 'done') return null;
  const { span_id, attributes, status } = span;
  return { span_id, type: textOf(attributes, 'error.type') || 'unknown', message: status.message };
}
