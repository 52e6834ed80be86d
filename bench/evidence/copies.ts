import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { seeded } from '@agento/evidence/eval';

interface Spot {
  kind: 'trace' | 'span' | 'run' | 'time' | 'word';
  /** Of an id or a word its place among those of its kind. */
  index: number;
  /** A time in nanoseconds. */
  time: bigint;
}

/** A trace as the texts between what its copies have otherwise. */
export interface Template {
  spans: number;
  words: string[];
  pieces: (string | Spot)[];
}

const time = /(?<=UnixNano":")\d{19}(?=")/;
/** A word of a sentence, in JSON or in JSON within JSON. */
const word = /(?<=[ "(]|\\n)[a-z]{5,}(?=[ .,;:?!)"\\])/;

/** Cuts a trace at its ids, its times and the words of its sentences. */
export function templateOf(text: string): Template {
  const ids = new Map<string, Spot>();
  const note = (kind: Spot['kind'], pattern: RegExp) => {
    for (const [, id = ''] of text.matchAll(pattern)) {
      if (!ids.has(id)) ids.set(id, { kind, index: ids.size, time: 0n });
    }
  };
  note('trace', /"traceId":"([0-9a-f]{32})"/g);
  note('span', /"spanId":"([0-9a-f]{16})"/g);
  note('run', /"agento\.run\.id","value":\{"stringValue":"([0-9a-f-]{36})"/g);
  const words = wordsOf(text);
  const placeOf = new Map(words.map((word, index) => [word, index]));
  const spots = new RegExp(`(${[...ids.keys(), time.source, word.source].join('|')})`);
  const pieces: Template['pieces'] = [''];
  for (const piece of text.split(spots)) {
    const index = placeOf.get(piece);
    const spot =
      ids.get(piece) ??
      (/^\d{19}$/.test(piece) ? { kind: 'time' as const, index: 0, time: BigInt(piece) } : undefined) ??
      (index === undefined ? undefined : { kind: 'word' as const, index, time: 0n });
    const last = pieces.at(-1);
    if (!spot && typeof last === 'string') pieces[pieces.length - 1] = last + piece;
    else pieces.push(spot ?? piece);
  }
  return { spans: [...ids.values()].filter(({ kind }) => kind === 'span').length, words, pieces };
}

/** Every third of the words of sentences, without those that are a key or a value of their own. */
function wordsOf(text: string): string[] {
  const all = (pattern: RegExp) => new Set([...text.matchAll(pattern)].map(([, found = '']) => found));
  const fixed = all(/"([a-z]+)\\*"/g);
  return [...all(new RegExp(`(${word.source})`, 'g')).difference(fixed)]
    .sort()
    .filter((_, index) => index % 3 === 0);
}

const minuteNs = 60_000_000_000n;

/**
 * Writes the copy of this number into the folder: its ids are its own, it began minutes after the one before, and it says
 * a third of its words by other ones, the same throughout the run, as runs for other goals do. (System prompts change with
 * them, where they would not; no table has them.)
 */
export function writeCopy({ pieces, words }: Template, folder: string, number: number): void {
  const digits = (value: number, length: number) => value.toString(16).padStart(length, '0');
  // Neighbouring seeds begin alike without it.
  const random = seeded(Math.imul(number + 1, 0x9e3779b1));
  const said = words.map((own) => words[Math.floor(random() * words.length)] ?? own);
  const textOf = ({ kind, index, time }: Spot) => {
    const [copy, own] = [digits(number + 1, 8), digits(index + 1, 8)];
    if (kind === 'word') return said[index] ?? '';
    if (kind === 'time') return String(time + BigInt(number) * minuteNs);
    if (kind === 'span') return copy + own;
    if (kind === 'trace') return `${'c0ffee00'.repeat(2)}${copy}${own}`;
    return `${copy}-0000-4000-8000-0000${own}`;
  };
  mkdirSync(folder, { recursive: true });
  const text = pieces.map((piece) => (typeof piece === 'string' ? piece : textOf(piece))).join('');
  writeFileSync(path.join(folder, `${digits(number, 8)}.jsonl`), text, { mode: 0o600 });
}
