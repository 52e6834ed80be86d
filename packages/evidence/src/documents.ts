import { endOfString } from '@agento/contracts';

/** A JSON value in a text; `value` is undefined for text that is not JSON. */
export interface Document {
  /** Its location: `line 3`, `lines 3 to 9`. */
  at: string;
  value: unknown;
}

/** How often the search for a multi-line value may fail: each search scans the text. */
const mostInVain = 10;

/** Text in UTF-8, or in UTF-16 of either byte order, with or without a byte order mark. */
export function textOfBytes(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const isLittle = (first === 0xff && second === 0xfe) || (first !== 0 && second === 0);
  const isBig = (first === 0xfe && second === 0xff) || (first === 0 && second !== 0);
  const encoding = isLittle ? 'utf-16le' : isBig ? 'utf-16be' : 'utf-8';
  return new TextDecoder(bytes.length < 2 ? 'utf-8' : encoding).decode(bytes);
}

/**
 * The JSON values of a text: one per line, spread over several lines, or one after another; the entries of a top-level
 * list count individually. Consecutive lines that are not JSON come as one document without a value.
 */
export function* documentsIn(text: string): Generator<Document> {
  let broken: [from: number, to: number] | undefined;
  let [at, line, inVain] = [0, 1, 0];
  const nameOf = (from: number, to: number) => (from === to ? `line ${from}` : `lines ${from} to ${to}`);
  for (const gap = /\s*/y; ; ) {
    gap.lastIndex = at;
    const space = gap.exec(text)?.[0] ?? '';
    line += breaksIn(space);
    at += space.length;
    if (at >= text.length) break;
    let end = text.indexOf('\n', at);
    if (end < 0) end = text.length;
    let value = parsed(text.slice(at, end));
    if (value === undefined && inVain < mostInVain) {
      const whole = endOf(text, at);
      value = parsed(text.slice(at, whole));
      if (value === undefined) inVain += 1;
      else end = whole;
    }
    const to = line + breaksIn(text.slice(at, end));
    if (value === undefined) broken = [broken?.[0] ?? line, to];
    else {
      if (broken) yield { at: nameOf(...broken), value: undefined };
      broken = undefined;
      const entries = Array.isArray(value) ? value : [value];
      for (const entry of entries) yield { at: nameOf(line, to), value: entry };
    }
    [at, line] = [end, to];
  }
  if (broken) yield { at: nameOf(...broken), value: undefined };
}

/** The index after the object or list that begins here; `start` if it has no end. */
function endOf(text: string, start: number): number {
  let depth = 0;
  const marks = /["[\]{}]/g;
  marks.lastIndex = start;
  for (let mark = marks.exec(text); mark; mark = marks.exec(text)) {
    if (mark[0] === '"') marks.lastIndex = endOfString(text, mark.index) + 1;
    else depth += mark[0] === '{' || mark[0] === '[' ? 1 : -1;
    if (depth <= 0) return mark[0] === '"' ? start : marks.lastIndex;
  }
  return start;
}

function breaksIn(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
