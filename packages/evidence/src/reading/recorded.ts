import type { RecordedSpan } from '../model.ts';
import { fieldOf, hasShed, jsonOf, type Payload, payloadOf } from '../payload.ts';
import { hasContent } from '../run.ts';

/**
 * How much of a value the trace holds: all of it, only its beginning (`cut`), or nothing, and why: content was switched
 * off, the span was too large and shed it, or it was never recorded.
 */
export type State = 'whole' | 'cut' | 'content off' | 'shed' | 'not recorded';

/** A value that a trace may lack; null unless the state is `whole` or `cut`. */
export interface Recorded<T = string> {
  value: T | null;
  state: State;
}

/** The content recorded under this key of a span. */
export function recordedOf(span: RecordedSpan, key: string): Recorded {
  return recorded(span, payloadOf(span, key));
}

/** The value of a field of a span's first event of this name, whole if another event holds the rest. */
export function recordedField(span: RecordedSpan, event: string, field: string): Recorded {
  const found = span.events.find(({ name }) => name === event);
  return recorded(span, found ? fieldOf(span, found, field) : null);
}

export function notRecorded<T = string>(span?: RecordedSpan): Recorded<T> {
  return { value: null, state: span ? whyMissing(span) : 'not recorded' };
}

/** The JSON in a text; a text that is cut or is no JSON has no value. */
export function jsonIn({ value, state }: Recorded): unknown {
  return state === 'whole' && value !== null ? jsonOf(value) : undefined;
}

function recorded(span: RecordedSpan, payload: Payload | null): Recorded {
  if (payload === null) return notRecorded(span);
  return { value: payload.text, state: payload.whole ? 'whole' : 'cut' };
}

function whyMissing(span: RecordedSpan): State {
  if (!hasContent(span)) return 'content off';
  return hasShed(span) ? 'shed' : 'not recorded';
}
