import type { KnownSecretReader } from './by-value/known-secrets.ts';
import { readText } from './layers.ts';
import { marker, type Passage } from './passages.ts';

/** A stretch of a text, `[start, end)`. */
export type Window = [start: number, end: number];

/** How far around a new marker a text is read again; if something extends further, the whole text is. */
const reach = 4_096;
const blank = /\s/;
const farthestBlank = 256;

/** The stretches to read again: around each new marker, starting at a blank. */
export function windowsAround(places: number[], length: number): Window[] {
  const windows: Window[] = [];
  for (const place of places) {
    const end = Math.min(length, place + marker.length + reach);
    const last = windows.at(-1);
    if (last && place - reach - farthestBlank <= last[1]) last[1] = end;
    else windows.push([Math.max(0, place - reach), end]);
  }
  return windows;
}

/** The secrets in these stretches of a text; null if one of them may extend beyond. */
export function readWindows(text: string, windows: Window[], known: KnownSecretReader): Passage[] | null {
  const passages: Passage[] = [];
  for (const [given, end] of windows) {
    const start = fromBlank(text, given);
    for (const found of readText(text.slice(start, end), known)) {
      if ((found.start === 0 && start > 0) || (found.end === end - start && end < text.length)) return null;
      found.start += start;
      found.end += start;
      passages.push(found);
    }
  }
  return passages;
}

function fromBlank(text: string, at: number): number {
  for (let start = at; start > 0 && at - start < farthestBlank; start--) {
    if (blank.test(text[start - 1] ?? '')) return start;
  }
  return at;
}
