import { readWithout } from '../escapes.ts';
import type { Passage } from '../passages.ts';
import { readByFormat } from './format-reader.ts';

/**
 * A credential has at least this many letters, digits, `_` or `-` in a row, which words of a language rarely have: only
 * such passages are checked for credentials recognised by format.
 */
const longRun = 16;

/** 1 for hex digits, 2 for any other character of a run. */
const core = new Uint8Array(65_536);
for (let code = 0; code < 128; code++) {
  const char = String.fromCharCode(code);
  if (/[\w-]/.test(char)) core[code] = /[\da-f]/.test(char) ? 1 : 2;
}
/** What ends a candidate: blanks, quotes, brackets, `\`, `,`, `;` and everything beyond ASCII. */
const delimiter = new Uint8Array(65_536).fill(1);
for (let code = 33; code < 127; code++)
  if (!/["'`<>\\(),;{}[\]]/.test(String.fromCharCode(code))) delimiter[code] = 0;

const onlyHash = /^(?:[\da-f]+|[\dA-F]+|[\da-fA-F]{8}(?:-[\da-fA-F]{4}){3}-[\da-fA-F]{12})$/;
const placeholderBody = /[xX]{8}|your[-_]|[-_](?:key|token)[-_]here/;

function isDelimiter(text: string, at: number): boolean {
  return delimiter[text.charCodeAt(at)] !== 0;
}

/**
 * Passes one candidate that may contain a credential to the rules; positions in `passages` are relative to its start.
 */
function readCandidate(candidate: string, passages: Passage[]): void {
  const found: Passage[] = [];
  readByFormat(candidate, found);
  for (const passage of found) {
    if (!placeholderBody.test(candidate.slice(passage.start, passage.end))) passages.push(passage);
  }
}

type IsNew = (start: number, end: number) => boolean;

/** Finds credentials by format, in every long run of their characters that has not been read before. */
export function readCandidates(text: string, isNew: IsNew, passages: Passage[]): void {
  const length = text.length;
  let past = 0;
  // Every run of `longRun` characters includes one of these positions, wherever it starts.
  for (let place = longRun - 1; place < length; ) {
    let kinds = core[text.charCodeAt(place)] ?? 0;
    if (kinds === 0) {
      place += longRun;
      continue;
    }
    let start = place;
    let end = place + 1;
    for (let kind = 0; start > past; start--, kinds |= kind) {
      kind = core[text.charCodeAt(start - 1)] ?? 0;
      if (kind === 0) break;
    }
    for (let kind = 0; end < length; end++, kinds |= kind) {
      kind = core[text.charCodeAt(end)] ?? 0;
      if (kind === 0) break;
    }
    place = end + longRun;
    if (end - start < longRun) continue;
    if (isDelimiter(text, start - 1) && isDelimiter(text, end)) {
      if (kinds === 1 || onlyHash.test(text.slice(start, end))) continue;
    }
    while (start > past && !isDelimiter(text, start - 1)) start--;
    while (end < length && !isDelimiter(text, end)) end++;
    past = end;
    place = end + longRun;
    if (text.startsWith('base64,', start - 7)) continue;
    if (start > 0 && text[start - 1] === '\\') start--;
    if (!isNew(start, end)) continue;
    const first = passages.length;
    readCandidate(text.slice(start, end), passages);
    for (const passage of passages.slice(first)) {
      passage.start += start;
      passage.end += start;
    }
  }
}

const lineBreak = /(?<!\\)(?:\\+r)?\\+n[ \t]*|\r?\n[ \t]*/g;
const lineBreakHere = new RegExp(lineBreak, 'y');
const lineBreakEverywhere = new RegExp(lineBreak, 'g');
const lineBreakOnce = new RegExp(lineBreak, '');

/**
 * Finds credentials split by line breaks (literal or escaped). Text after a complete credential counts as its
 * continuation only if it looks like one.
 */
export function readSplitCandidates(text: string, isNew: IsNew, passages: Passage[]): void {
  for (const sign of ['\n', '\\n']) {
    let past = 0;
    for (let at = text.indexOf(sign); at >= 0; at = text.indexOf(sign, Math.max(past, at + 2))) {
      let start = at;
      while (start > past && isBreakBefore(text, start - 1)) start--;
      let end = at + sign.length;
      while (text[end] === ' ' || text[end] === '\t') end++;
      if (isDelimiter(text, start - 1) || isDelimiter(text, end)) continue;
      const firstBreak = end - start;
      while (start > past && !isDelimiter(text, start - 1)) start--;
      end = endOfLines(text, end);
      past = end;
      if (end - start - firstBreak >= longRun && joinsToLongRun(text, start, end) && isNew(start, end))
        readJoined(text.slice(start, end), start, passages);
    }
  }
}

/** Whether there may be a long run if the characters of line breaks are ignored. */
function joinsToLongRun(text: string, start: number, end: number): boolean {
  let run = 0;
  for (let i = start; i < end && run < longRun; i++) {
    const code = text.charCodeAt(i);
    if (core[code] !== 0) run++;
    else if (delimiter[code] === 0) run = 0;
  }
  return run >= longRun;
}

/** The part of a line break before its `n`: backslashes and a carriage return, literal or escaped. */
function isBreakBefore(text: string, at: number): boolean {
  return (
    text[at] === '\\' ||
    text[at] === '\r' ||
    (text[at] === 'r' && text[at - 1] === '\\' && text[at + 1] === '\\')
  );
}

/** The end of a candidate that continues from line to line as long as the lines contain nothing else. */
function endOfLines(text: string, from: number): number {
  let end = from;
  for (;;) {
    while (!isDelimiter(text, end)) end++;
    if (text[end] !== '\n' && text[end] !== '\r' && text[end] !== '\\') return end;
    lineBreakHere.lastIndex = end;
    if (!lineBreakHere.test(text) || isDelimiter(text, lineBreakHere.lastIndex)) return end;
    end = lineBreakHere.lastIndex;
  }
}

function readJoined(source: string, offset: number, passages: Passage[]): void {
  const joined = source.replace(lineBreakEverywhere, '');
  if (!/[\w-]{16}/.test(joined) || onlyHash.test(joined)) return;
  const found: Passage[] = [];
  readCandidate(joined, found);
  if (found.length === 0) return;
  const reading = readWithout(source, lineBreakEverywhere);
  for (const { start, end, rule } of found) {
    const from = reading.start(start);
    let to = reading.end(end);
    const piece = source.slice(from, to);
    const cut = piece.search(lineBreakOnce);
    if (cut < 0) continue;
    const whole: Passage[] = [];
    readCandidate(piece.slice(0, cut), whole);
    const rest = piece.slice(cut).replace(lineBreakEverywhere, '');
    if (whole.length > 0 && !looksLikeRest(rest)) to = from + cut;
    passages.push({ start: offset + from, end: offset + to, rule });
  }
}

/** A word of prose at the start of the next line does not continue a credential. */
function looksLikeRest(rest: string): boolean {
  return (
    (rest.length >= 4 && /\d/.test(rest) && /[A-Za-z]/.test(rest)) ||
    /[a-z][A-Z]/.test(rest) ||
    rest.length >= 20
  );
}
