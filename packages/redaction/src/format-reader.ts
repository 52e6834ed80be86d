import type { Passage } from './found.ts';
import { headsOf } from './pattern-heads.ts';
import { type Place, type ProviderFormat, providerFormats } from './provider-formats.ts';
import { secretlintFormats } from './secretlint-formats.ts';

const letter = 1;
const wordCharacter = 2;
const hexDigit = 4;
const smallLetter = 8;
const alphanumeric = 16;
const percent = 37;
const underscore = 95;
/** What kinds of character a code unit is. */
const kinds = new Uint8Array(65_536);
for (let code = 0; code < 128; code++) {
  const char = String.fromCharCode(code);
  kinds[code] =
    (/[A-Za-z]/.test(char) ? letter : 0) |
    (/[\w-]/.test(char) ? wordCharacter : 0) |
    (/[\dA-Fa-f]/.test(char) ? hexDigit : 0) |
    (/[a-z]/.test(char) ? smallLetter : 0) |
    (/[A-Za-z0-9]/.test(char) ? alphanumeric : 0);
}
const kindAt = (text: string, at: number) => kinds[text.charCodeAt(at)] ?? 0;

/** A format that is tried by itself, and up to where it has matched already. */
interface Single {
  rule: string;
  edge: 'word' | 'no-letter' | 'none';
  pattern: RegExp;
  where: ProviderFormat['where'];
  past: number;
}
/** The formats that can begin with one pair of characters. */
interface Beginning {
  /** Those that need the edge of a word and nothing else, as one pattern with a group each. */
  atWord: RegExp | null;
  rules: string[];
  single: Single[];
  /** Whether one of them may begin within a word. */
  anywhere: boolean;
}

const formats = [...providerFormats, ...secretlintFormats];
const singles = new Map<ProviderFormat, Single>();
for (const format of formats) {
  const { rule, edge = 'word', pattern, where } = format;
  if (edge !== 'word' || where)
    singles.set(format, { rule, edge, pattern: new RegExp(pattern, 'y'), where, past: 0 });
}
const allSingles = [...singles.values()];
const beginnings: Beginning[] = [];
/** By the first two characters, which `beginnings` there are: the number of one plus 1, or 0 for none. */
const table = createTable();

function createTable(): Uint8Array {
  const byPair = new Map<number, ProviderFormat[]>();
  const codes = Array.from({ length: 128 }, (_, code) => code);
  const matching = new Map<string, number[]>();
  const codesOf = (one: string) => {
    const known = matching.get(one);
    if (known) return known;
    const pattern = new RegExp(`^${one}$`);
    const found = codes.filter((code) => pattern.test(String.fromCharCode(code)));
    matching.set(one, found);
    return found;
  };
  for (const format of formats) {
    const pairs = new Set<number>();
    for (const [first, second] of headsOf(format.pattern)) {
      for (const one of codesOf(first)) for (const other of codesOf(second)) pairs.add(one * 128 + other);
    }
    for (const pair of pairs) byPair.set(pair, [...(byPair.get(pair) ?? []), format]);
  }
  const numbers = new Uint8Array(128 * 128);
  const known = new Map<string, number>();
  for (const [pair, list] of byPair) {
    const key = list.map((format) => formats.indexOf(format)).join();
    const number = known.get(key) ?? beginnings.push(createBeginning(list));
    if (number > 255) throw new Error('More beginnings of formats than the table can number');
    known.set(key, number);
    numbers[pair] = number;
  }
  return numbers;
}

function createBeginning(list: ProviderFormat[]): Beginning {
  const plain = list.filter((format) => !singles.has(format));
  const source = plain.map(({ pattern }) => `(${pattern})`).join('|');
  const single = list.flatMap((format) => singles.get(format) ?? []);
  return {
    atWord: plain.length > 0 ? new RegExp(source, 'y') : null,
    rules: plain.map(({ rule }) => rule),
    single,
    anywhere: single.some(({ edge }) => edge !== 'word'),
  };
}

/**
 * Finds credentials by their formats in one candidate, a text of ASCII without blanks that may begin with an escape.
 * Every place is looked at once; a format is tried where its first two characters stand, at an edge, and is such that
 * it ends what it has begun or gives up soon.
 */
export function readByFormat(text: string, passages: Passage[]): void {
  let place: PlaceAhead | null = null;
  for (const single of allSingles) single.past = 0;
  let past = 0;
  const last = text.length - 1;
  let next = text.charCodeAt(0);
  for (let at = 0, kind = 0; at < last; at++) {
    const code = next;
    next = text.charCodeAt(at + 1);
    const before = kind;
    kind = kinds[code] ?? 0;
    const number = table[code * 128 + next];
    if (!number) continue;
    const beginning = beginnings[number - 1] as Beginning;
    const escaped = (before & wordCharacter) !== 0 && isAfterEscape(text, at);
    const atWord = at >= past && ((before & wordCharacter) === 0 || escaped || isAfterPrefix(text, at));
    if (!atWord && !beginning.anywhere) continue;
    if (atWord && beginning.atWord) {
      beginning.atWord.lastIndex = at;
      const match = beginning.atWord.exec(text);
      if (match) {
        const which = match.findIndex((group, index) => index > 0 && group !== undefined);
        past = Math.max(past, at + match[0].length);
        passages.push({
          start: at,
          end: at + match[0].length,
          rule: beginning.rules[which - 1] ?? 'credential',
        });
      }
    }
    for (const format of beginning.single) {
      if (at < format.past) continue;
      if (
        format.edge === 'word' ? !atWord : format.edge === 'no-letter' && (before & letter) !== 0 && !escaped
      )
        continue;
      if (format.where) {
        place ??= new PlaceAhead(text);
        if (!format.where(place.moveTo(at))) continue;
      }
      format.pattern.lastIndex = at;
      const length = format.pattern.exec(text)?.[0].length ?? 0;
      if (length === 0) continue;
      format.past = at + length;
      if (format.edge === 'word') past = Math.max(past, format.past);
      passages.push({ start: at, end: format.past, rule: format.rule });
    }
  }
}

/** After the `n` of an escaped line break, the `D` of `%3D`, or the `m` that ends a colour's code. */
function isAfterEscape(text: string, at: number): boolean {
  if (
    text.charCodeAt(at - 3) === percent &&
    kindAt(text, at - 2) & hexDigit &&
    kindAt(text, at - 1) & hexDigit
  )
    return true;
  if (at > 6) return false;
  return /^(?:\\(?:[A-Za-z]|u[0-9a-fA-F]{4})|\d{1,3}m)$/.test(text.slice(0, at));
}

/** After `a_`, before `abc_`: a credential that follows a name. */
function isAfterPrefix(text: string, at: number): boolean {
  if (text.charCodeAt(at - 1) !== underscore || !(kindAt(text, at - 2) & alphanumeric)) return false;
  let end = at;
  while (kindAt(text, end) & smallLetter) end++;
  return end > at && text[end] === '_';
}

const mixture = /\d|[a-z][A-Z]/g;

/** The place being looked at. Moved forward only, so that what it knows is read once. */
class PlaceAhead implements Place {
  readonly text: string;
  at = 0;
  end = -1;
  next = 0;
  dots = 0;
  mixed = -1;

  constructor(text: string) {
    this.text = text;
  }

  moveTo(at: number): this {
    this.at = at;
    if (at >= this.end) this.#readRuns();
    if (at > this.mixed) {
      mixture.lastIndex = at;
      this.mixed = mixture.exec(this.text)?.index ?? this.text.length;
    }
    return this;
  }

  #readRuns(): void {
    const { text } = this;
    const endOfRun = (from: number) => {
      let end = from;
      while (kindAt(text, end) & wordCharacter) end++;
      return end;
    };
    this.end = endOfRun(this.at);
    const isDot = text[this.end] === '.';
    const second = isDot ? endOfRun(this.end + 1) : this.end;
    this.next = isDot ? second - this.end - 1 : 0;
    this.dots = isDot ? (text[second] === '.' ? 2 : 1) : 0;
  }
}
