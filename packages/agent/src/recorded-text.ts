import { setImmediate } from 'node:timers/promises';
import { redactText } from '@agento/tracing';

/** Length limit of an answer that is used and recorded, in characters: twice the longest answers of models. */
export const mostText = 1_048_576;
/** Longer than any secret: one split by the end of the text lies in here, and is left out. */
const margin = 16_384;

/** The text as recorded in the trace: complete, unless it would block the process. */
export function recordedText(text: string): string {
  if (text.length <= mostText) return text;
  return `${redactText(text.slice(0, mostText + margin)).slice(0, -margin)}…[cut]`;
}

/** Whether a text takes noticeable time wherever it is read. */
export const isLong = (text: string) => text.length > mostText / 4;

let lastTurn: Promise<void> = Promise.resolve();

/** Lets the process do other work between two long tasks. */
export function nextTurn(): Promise<void> {
  // One after another: parallel calls would otherwise all continue in the same turn.
  lastTurn = lastTurn.then(() => setImmediate());
  return lastTurn;
}
