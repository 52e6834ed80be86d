import { FourAtATime } from './four-at-a-time.ts';

/** How many characters of a pattern are in the table; the rest is compared where these are found. */
export const headLength = 24;
/** Four characters in a row: the most of these a head has. */
const gramsInHead = headLength - 3;
/** One in this many numbers for four characters is in use: other text rarely matches one by chance. */
const sparse = 256;
const mostGramBits = 18;
/** Mixes every bit of four characters into the highest bits. */
const mixing = 0x9e3779b1;

const fours = new FourAtATime();

const pairOf = (first: number, second: number) => ((first << 8) ^ second) & 0xffff;

/**
 * Searches for many patterns in one pass (Aho and Corasick): a table of states, one step per character. State 0 means
 * that no pattern has begun.
 */
export interface Automaton {
  step(state: number, code: number): number;
  /** How many characters back the longest begun pattern starts. */
  depth(state: number): number;
  /**
   * The length of the longest pattern (or of a longer one's first 24 characters) that ends in this state; 0 for none.
   */
  found(state: number): number;
  /**
   * Whether four characters (as `FourAtATime` reads them) may occur in a pattern's head; nearly always false elsewhere.
   */
  mayHold(four: number): boolean;
  /** Whether one character may follow another in a pattern's head; any, if only the first is given. */
  mayFollow(first: number, second?: number): boolean;
  /**
   * Where to continue from a state, or from a position beyond it, in a pattern of more than 24 characters; 0 if no
   * pattern does.
   */
  beyond(place: number, code: number): number;
}

export function createAutomaton(patterns: string[]): Automaton {
  const classes = new Uint16Array(65_536);
  let width = 1;
  let places = 1;
  for (const pattern of patterns) {
    for (let at = 0; at < pattern.length && at < headLength; at++) {
      const code = pattern.charCodeAt(at);
      if (classes[code] === 0) classes[code] = width++;
      places++;
    }
  }
  // Megabytes for many secrets, and one for each run with secrets.
  const table = places < 65_536 ? new Uint16Array(places * width) : new Int32Array(places * width);
  const depths = new Uint8Array(places);
  const found = new Uint8Array(places);
  const tails = new Map<number, number>();
  // As small as possible: the more of it fits into the processor's cache, the faster a text is read.
  const gramBits = Math.min(mostGramBits, Math.ceil(Math.log2(patterns.length * gramsInHead * sparse + 1)));
  const gramShift = 32 - gramBits;
  const grams = new Uint8Array(2 ** gramBits);
  const firsts = new Uint8Array(65_536);
  const pairs = new Uint8Array(65_536);
  let states = 1;
  for (const pattern of patterns) {
    const head = pattern.slice(0, headLength);
    for (let at = 0; at + 4 <= head.length; at++) {
      grams[Math.imul(fours.of(head.slice(at, at + 4)), mixing) >>> gramShift] = 1;
    }
    for (let at = 0; at + 2 <= head.length; at++) {
      firsts[head.charCodeAt(at)] = 1;
      pairs[pairOf(head.charCodeAt(at), head.charCodeAt(at + 1))] = 1;
    }
    let state = 0;
    for (let at = 0; at < pattern.length && at < headLength; at++) {
      const cell = state * width + (classes[pattern.charCodeAt(at)] ?? 0);
      if (table[cell] === 0) {
        table[cell] = states;
        depths[states++] = at + 1;
      }
      state = table[cell] ?? 0;
    }
    found[state] = depths[state] ?? 0;
    for (let at = headLength; at < pattern.length; at++) {
      const key = state * 65_536 + pattern.charCodeAt(at);
      const next = tails.get(key) ?? places++;
      tails.set(key, next);
      state = next;
    }
  }
  complete(table, width, found);
  return {
    step: (state, code) => table[state * width + (classes[code] ?? 0)] ?? 0,
    depth: (state) => depths[state] ?? 0,
    found: (state) => found[state] ?? 0,
    mayHold: (four) => grams[Math.imul(four, mixing) >>> gramShift] === 1,
    mayFollow: (first, second) =>
      second === undefined ? firsts[first] === 1 : pairs[pairOf(first, second)] === 1,
    beyond: (place, code) => tails.get(place * 65_536 + code) ?? 0,
  };
}

/** Adds, breadth first, the transitions of each state for characters its own patterns do not have there. */
function complete(table: Uint16Array | Int32Array, width: number, found: Uint8Array): void {
  const failures = new Int32Array(found.length);
  const queue = [0];
  for (let index = 0; index < queue.length; index++) {
    const state = queue[index] ?? 0;
    const failure = failures[state] ?? 0;
    for (let kind = 1; kind < width; kind++) {
      const next = table[state * width + kind] ?? 0;
      const otherwise = state === 0 ? 0 : (table[failure * width + kind] ?? 0);
      if (next === 0) table[state * width + kind] = otherwise;
      else {
        failures[next] = otherwise;
        found[next] ||= found[otherwise] ?? 0;
        queue.push(next);
      }
    }
  }
}
