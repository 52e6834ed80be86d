import { setImmediate } from 'node:timers/promises';
import { redactText } from '@agento/tracing';

/** Most of an answer that is used and recorded, in characters: twice what the longest answers of models have. */
export const mostText = 1_048_576;
/** Longer than any secret: one that the end cuts in two lies in here, and is left out. */
const margin = 16_384;

/** The text as it goes into the trace: whole, but for one that would hold the process up. */
export function recordedText(text: string): string {
  if (text.length <= mostText) return text;
  return `${redactText(text.slice(0, mostText + margin)).slice(0, -margin)}…[cut]`;
}

/** Whether a text takes its time wherever it is read. */
export const isLong = (text: string) => text.length > mostText / 4;

let lastTurn: Promise<void> = Promise.resolve();

/** Lets the process do other work between two steps that each take long. */
export function nextTurn(): Promise<void> {
  // One after another: calls side by side would all go on in the same turn.
  lastTurn = lastTurn.then(() => setImmediate());
  return lastTurn;
}
