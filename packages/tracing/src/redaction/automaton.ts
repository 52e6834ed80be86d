/** Patterns are told apart by so many characters in the table; what they have beyond is followed where they are found. */
export const headLength = 24;
/** Bits of the numbers that stand for four characters in a row. */
const gramBits = 18;

/** A number for the four characters at a place. */
function gramAt(text: string, at: number): number {
  const first = Math.imul(text.charCodeAt(at), 0x9e3779b1) + text.charCodeAt(at + 1);
  const second = Math.imul(text.charCodeAt(at + 2), 0x85ebca6b) + text.charCodeAt(at + 3);
  return Math.imul(first ^ Math.imul(second, 0xc2b2ae35), 0x27d4eb2f) >>> (32 - gramBits);
}

/**
 * All of many patterns in one reading (Aho and Corasick): a table of states, one step a character. State 0 is the one
 * in which nothing has begun.
 */
export interface Automaton {
  step(state: number, code: number): number;
  /** How many characters back the longest pattern that may have begun reaches. */
  depth(state: number): number;
  /** The length of the longest pattern (or of a longer one's first 24 characters) that ends in this state; 0 for none. */
  found(state: number): number;
  /** Whether the four characters at a place may stand in a pattern's head; nearly always false in other text. */
  mayHold(text: string, at: number): boolean;
  /** Where to go on from a state, or a place beyond it, in a pattern of more than 24 characters; 0 where none does. */
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
  const table = new Int32Array(places * width);
  const depths = new Uint8Array(places);
  const found = new Uint8Array(places);
  const tails = new Map<number, number>();
  const grams = new Uint8Array(1 << gramBits);
  let states = 1;
  for (const pattern of patterns) {
    for (let at = 0; at + 4 <= Math.min(pattern.length, headLength); at++) grams[gramAt(pattern, at)] = 1;
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
    mayHold: (text, at) => grams[gramAt(text, at)] === 1,
    beyond: (place, code) => tails.get(place * 65_536 + code) ?? 0,
  };
}

/** Puts in, breadth first, where each state goes on with a character that its patterns do not have there. */
function complete(table: Int32Array, width: number, found: Uint8Array): void {
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
