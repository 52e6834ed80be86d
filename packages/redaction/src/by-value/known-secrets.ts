import type { Passage } from '../passages.ts';
import { type Automaton, createAutomaton, headLength } from './automaton.ts';
import { FourAtATime } from './four-at-a-time.ts';
import { createGaps, type Gaps, isBlank, isBreak } from './line-breaks.ts';

/** Shorter ones would match ordinary text by chance. */
const shortest = 8;
export type KnownSecretReader = (text: string, passages: Passage[]) => void;

const jsonEscaped = (text: string) => JSON.stringify(text).slice(1, -1);

/** The three base64 forms of a text, depending on where it begins in the encoded bytes, without its edges. */
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

/** The secret itself, and its string forms in JSON, in JSON within JSON, and one level deeper. */
function plainForms(secret: string): string[] {
  const escaped = jsonEscaped(secret);
  const twice = jsonEscaped(escaped);
  // As in a JSON pointer, and with a pointer's escapes undone.
  const pointer = secret.replaceAll('~', '~0').replaceAll('/', '~1');
  const pointed = secret.replaceAll('~1', '/').replaceAll('~0', '~');
  // Its line breaks may be of another kind elsewhere: in the text, any are skipped.
  const forms = [secret, escaped, twice, jsonEscaped(twice), pointer, pointed];
  return [...forms, ...forms.map((form) => form.replace(/(?:\\+r)?\\+n|\r?\n/g, ''))];
}

function encodedForms(secret: string): string[] {
  const urlEncoded = encodeURIComponent(secret.toWellFormed());
  return [urlEncoded, urlEncoded.replaceAll('%20', '+'), ...base64Forms(secret)];
}

/** Power of two, above a head's length. */
const headRoom = 32;

/**
 * A reader that finds exactly these secrets: literal, JSON-escaped, URL-encoded and in base64, also with line breaks
 * inside; of a truncated one, the existing part from 24 characters on. Secrets shorter than eight characters are
 * ignored. One pass over the text finds them all.
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
    let last: Passage = { start: 0, end: 0, rule };
    const reaches = new Map<number, number>();
    const gaps = createGaps(text);
    const note = (start: number, end: number, state: number) => {
      // A secret that repeats its own beginning is not followed twice; another may extend further.
      if (start >= last.start && end <= last.end && end <= (reaches.get(state) ?? 0)) return;
      const reach = endOf(end, state);
      reaches.set(state, reach);
      if (start >= last.start && reach <= last.end) return;
      last = { start, end: reach, rule };
      passages.push(last);
    };
    /** Where to continue after a line break; a blank that continues the secret belongs to it and is not indentation. */
    const resume = (at: number, continues: (code: number) => boolean) => {
      const behind = gaps.behind(at);
      const blank = text.charCodeAt(behind - 1);
      return behind > at && isBlank(blank) && continues(blank) ? behind - 1 : behind;
    };
    /** How far a long secret extends, ignoring line breaks. */
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

    /**
     * Reads character by character as if there were no line breaks. A row of backslashes before an `n` may begin with
     * the secret's own: `keeps` says whether possible ones count as such.
     */
    const createReadingAcross = (keeps: boolean) => {
      let state = 0;
      let count = 0;
      let skipped = 0;
      /** Positions of the characters read last. */
      const places = new Int32Array(headRoom);
      const startOf = (length: number) => places[(count - length) & (headRoom - 1)] ?? 0;
      const continues = (next: number) => depth(step(state, next)) > depth(state);
      return {
        /** Where the longest secret that may have begun starts; the text's length if there is none. */
        begun: () => (state === 0 ? text.length : startOf(depth(state))),
        read(at: number, code: number) {
          if (at < skipped) return;
          if (state !== 0 && isBreak(code) && !(keeps && gaps.isOwn(at) && continues(code))) {
            skipped = resume(at, continues);
            if (skipped > at) return;
          }
          state = step(state, code);
          places[count++ & (headRoom - 1)] = at;
          const length = found(state);
          // Without a line break in it, the plain reading finds it.
          if (length > 0 && startOf(length) !== at + 1 - length) note(startOf(length), at + 1, state);
        },
      };
    };
    /**
     * Reads on from a position to `to`, which may move meanwhile, and past it to finish what has begun; returns where
     * it ended.
     */
    const readWindow = (from: number, to: (at: number) => number) => {
      let state = 0;
      const skipping = createReadingAcross(false);
      const keeping = createReadingAcross(true);
      let at = from;
      for (; at < text.length; at++) {
        const end = to(at);
        if (at >= end && skipping.begun() >= end && keeping.begun() >= end) break;
        const code = text.charCodeAt(at);
        skipping.read(at, code);
        keeping.read(at, code);
        state = step(state, code);
        if (state !== 0 && found(state) > 0) note(at + 1 - found(state), at + 1, state);
      }
      return at;
    };
    for (let index = 0, ended = 0; index < places.length; ) {
      const end = (at: number) => {
        while (index < places.length && (places[index] ?? 0) - headLength <= at) index++;
        return Math.min(text.length, (places[index - 1] ?? 0) + headLength);
      };
      ended = readWindow(Math.max(ended, (places[index] ?? 0) - headLength), end);
    }
  };
}

/**
 * The positions, ascending, at most a head's length from the beginning of every secret: few in other text, which is to
 * be read at memory speed. Whichever eight characters a secret begins with, four of them begin at a multiple of four,
 * or a line break is among them.
 */
function suspectPlaces(text: string, { mayHold, mayFollow }: Automaton): number[] {
  const places: number[] = [];
  let gaps: Gaps | null = null;
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
        const behind = gaps.behind(start + at);
        const last = text.charCodeAt(behind - 1);
        const continues =
          mayFollow(before, text.charCodeAt(behind)) || (isBlank(last) && mayFollow(before, last));
        if (behind > start + at && continues) places.push(start + at);
      }
    }
  }
  return places;
}

const fours = new FourAtATime();

/** Whether one of four bytes is a `\\`, a line feed or a carriage return; also true for a few others. */
function mayBreak(four: number): boolean {
  return (
    ((zeroIn(four ^ 0x5c5c5c5c) | zeroIn(four ^ 0x0a0a0a0a) | zeroIn(four ^ 0x0d0d0d0d)) & 0x80808080) !== 0
  );
}
/** The highest bit of each zero byte, and of some others. */
const zeroIn = (four: number) => (four - 0x01010101) & ~four;
