import { type Automaton, createAutomaton, headLength } from './automaton.ts';
import type { Passage } from './found.ts';
import { FourAtATime } from './four-at-a-time.ts';

/** Shorter ones would be found by chance in ordinary text. */
const shortest = 8;
export type KnownSecretReader = (text: string, passages: Passage[]) => void;

const jsonEscaped = (text: string) => JSON.stringify(text).slice(1, -1);

/** The three ways in which base64 can show a text, by where it begins in the encoded bytes, less its edges. */
function base64Forms(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [0, 1, 2].flatMap((offset) => {
    const whole = Buffer.concat([Buffer.alloc(offset), bytes]);
    const first = Math.ceil((offset * 8) / 6);
    const last = Math.floor((whole.length * 8) / 6);
    const form = whole.toString('base64').slice(first, last);
    return [form, form.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

/** The secret as itself and as the string it becomes in JSON, in JSON within JSON, and one deeper. */
function plainForms(secret: string): string[] {
  const escaped = jsonEscaped(secret);
  const twice = jsonEscaped(escaped);
  // As it stands in a JSON pointer, and as it reads where a pointer's escapes are undone.
  const pointer = secret.replaceAll('~', '~0').replaceAll('/', '~1');
  const pointed = secret.replaceAll('~1', '/').replaceAll('~0', '~');
  // Its line breaks may be of another kind elsewhere: in the text any are read over.
  const joined = secret.replace(/(?:\\+r)?\\+n|\r?\n/g, '');
  return [secret, escaped, twice, jsonEscaped(twice), pointer, pointed, joined];
}

function encodedForms(secret: string): string[] {
  const urlEncoded = encodeURIComponent(secret.toWellFormed());
  return [urlEncoded, urlEncoded.replaceAll('%20', '+'), ...base64Forms(secret)];
}

/** A line break itself or escaped, with the indentation after it, at any number of backslashes. */
const gap = /(?:\\+r)?\\+n[ \t]*|\r?\n[ \t]*/y;
const backslash = 92;

/**
 * A reader that finds exactly these secrets: as they are, JSON-escaped, URL-encoded and in base64, also with line
 * breaks inside; of one that is cut short, what there is from 24 characters on. Secrets shorter than eight characters
 * are ignored. One reading finds them all.
 */
export function createKnownSecretReader(secrets: string[], rule: string): KnownSecretReader {
  const known = secrets.filter((secret) => secret.length >= shortest);
  if (known.length === 0) return () => {};
  const forms = new Set(known.flatMap((secret) => [...plainForms(secret), ...encodedForms(secret)]));
  const automaton = createAutomaton([...forms].filter((form) => form.length >= shortest));
  const { step, depth, found, beyond } = automaton;

  return (text, passages) => {
    const places = suspectPlaces(text, automaton);
    if (places.length === 0) return;
    let past = 0;
    const reaches = new Map<number, number>();
    const gaps = createGaps(text);
    const note = (start: number, end: number, state: number) => {
      // A secret that repeats its own beginning is not followed again where it has been; another's may go on further.
      if (end <= past && end <= (reaches.get(state) ?? 0)) return;
      const reach = endOf(end, state);
      reaches.set(state, reach);
      if (reach <= past) return;
      past = reach;
      passages.push({ start, end: past, rule });
    };
    /** Where to read on behind a line break; a blank that goes on with the secret is its own and no indentation. */
    const resume = (at: number, goesOn: (code: number) => boolean) => {
      const behind = gaps(at);
      const last = text.charCodeAt(behind - 1);
      return behind > at && isBlank(last) && goesOn(last) ? behind - 1 : behind;
    };
    /** How far a long secret goes on, line breaks left aside. */
    const endOf = (from: number, state: number) => {
      let end = from;
      for (let at = from, place = state; at < text.length; ) {
        const next = beyond(place, text.charCodeAt(at));
        if (next !== 0) {
          place = next;
          end = ++at;
        } else {
          const behind = at === end ? resume(at, (code) => beyond(place, code) !== 0) : at;
          if (behind === at || beyond(place, text.charCodeAt(behind)) === 0) break;
          at = behind;
        }
      }
      return end;
    };
    /** Reads on behind a line break with what had begun before it, for as long as that may still be one secret. */
    const readAcross = (breakAt: number, begun: number) => {
      let at = breakAt;
      for (let read = 1, state = begun; at < text.length; read++) {
        const [before, place] = [at, state];
        at = resume(at, (code) => depth(step(place, code)) > depth(place));
        if (read === 1 && at === before) return;
        state = step(state, text.charCodeAt(at++));
        if (depth(state) <= read) return;
        if (found(state) > read) note(breakAt - (found(state) - read), at, state);
      }
    };
    const readWindow = (from: number, to: number) => {
      let state = 0;
      for (let at = from; at < to; at++) {
        const code = text.charCodeAt(at);
        if (state !== 0 && isBreak(code)) readAcross(at, state);
        state = step(state, code);
        if (state !== 0 && found(state) > 0) note(at + 1 - found(state), at + 1, state);
      }
    };
    let from = 0;
    let to = -1;
    for (const place of places) {
      if (place - headLength > to) {
        if (to > 0) readWindow(from, to);
        from = Math.max(0, place - headLength);
      }
      to = Math.min(text.length, place + headLength);
    }
    readWindow(from, to);
  };
}

/**
 * The places, ascending, at most a head's length from the beginning of every secret: few in other text, which is to be
 * read at the speed of memory. Whatever eight characters a secret begins with, four of them begin at a multiple of
 * four, or a line break stands among them.
 */
function suspectPlaces(text: string, { mayHold, mayFollow }: Automaton): number[] {
  const places: number[] = [];
  let gaps: ((at: number) => number) | null = null;
  for (let start = 0; start < text.length; start += FourAtATime.room) {
    const size = fours.load(text, start);
    for (let index = 0; index * 4 < size; index++) {
      const four = fours.at(index);
      if (mayHold(four)) places.push(start + index * 4);
      if (!mayBreak(four)) continue;
      for (let at = index * 4; at < index * 4 + 4; at++) {
        if (!isBreak(fours.byte(at))) continue;
        const before = text.charCodeAt(start + at - 1);
        if (!mayFollow(before)) continue;
        gaps ??= createGaps(text);
        const behind = gaps(start + at);
        const last = text.charCodeAt(behind - 1);
        const goesOn =
          mayFollow(before, text.charCodeAt(behind)) || (isBlank(last) && mayFollow(before, last));
        if (behind > start + at && goesOn) places.push(start + at);
      }
    }
  }
  return places;
}

const fours = new FourAtATime();
const isBlank = (code: number) => code === 32 || code === 9;
const isBreak = (code: number) => code === backslash || code === 10 || code === 13;

/** Whether one of four bytes is that of `\\`, a line feed or a carriage return; true for a few others, too. */
function mayBreak(four: number): boolean {
  return (
    ((zeroIn(four ^ 0x5c5c5c5c) | zeroIn(four ^ 0x0a0a0a0a) | zeroIn(four ^ 0x0d0d0d0d)) & 0x80808080) !== 0
  );
}
/** The highest bit of each byte that is zero, and of some that are not. */
const zeroIn = (four: number) => (four - 0x01010101) & ~four;

/** What may stand behind a backslash that is part of a line break. */
const mayBeGap = new Uint8Array(65_536);
for (const char of '\\nr') mayBeGap[char.charCodeAt(0)] = 1;

/** Where the line break at a place ends; the place itself where there is none. A row of backslashes is read once. */
function createGaps(text: string): (at: number) => number {
  let rowStart = 0;
  let rowEnd = 0;
  let gapEnd = 0;
  return (at) => {
    const code = text.charCodeAt(at);
    if (code === 10 || code === 13) {
      gap.lastIndex = at;
      return gap.test(text) ? gap.lastIndex : at;
    }
    if (code !== backslash || !mayBeGap[text.charCodeAt(at + 1)]) return at;
    if (at < rowStart || at >= rowEnd) {
      rowStart = at;
      rowEnd = at;
      while (text.charCodeAt(rowEnd) === backslash) rowEnd++;
      gap.lastIndex = at;
      gapEnd = gap.test(text) ? gap.lastIndex : 0;
    }
    return gapEnd || at;
  };
}
