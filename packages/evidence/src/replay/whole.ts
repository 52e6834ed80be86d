import { redactedMark } from '@agento/contracts';
import type { RecordedSpan } from '../model.ts';
import { notRecorded, recordedOf } from '../reading/recorded.ts';

/** Something a trace holds whole, or why it does not. */
export type Whole<T> = { value: T } | { why: string };

/** A text that may be used again: recorded, whole, and with nothing taken out of it. */
export function wholeText(span: RecordedSpan, key: string): Whole<string> {
  const { value, state } = recordedOf(span, key);
  return state === 'whole' && value !== null ? untouched(span, value) : { why: whyMissing(span) };
}

/** The text, unless a secret was removed from it, here or by the collector. */
export function untouched(span: RecordedSpan, text: string): Whole<string> {
  const isMasked = Number(span.attributes['redaction.masked.count'] ?? 0) > 0;
  if (text.includes(redactedMark) || (isMasked && text.includes('****')))
    return { why: 'a secret was removed from it' };
  return { value: text };
}

export function whyMissing(span: RecordedSpan): string {
  const { state } = notRecorded(span);
  if (state === 'content off') return 'content was switched off when it was recorded';
  if (state === 'shed') return 'its span was too large and shed it';
  if (span.attributes['agento.collector.cut'] === true) return 'the collector cut it short for Jaeger';
  return 'it is not recorded whole';
}
