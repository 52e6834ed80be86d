import type { Passage } from '../passages.ts';
import { type Format, formats } from './formats.ts';
import { headsOf } from './pattern-heads.ts';

const letter = 1;
const wordCharacter = 2;
const hexDigit = 4;
const percent = 37;
/** The character classes of a code unit. */
const kinds = new Uint8Array(65_536);
for (let code = 0; code < 128; code++) {
  const char = String.fromCharCode(code);
  kinds[code] =
    (/[A-Za-z]/.test(char) ? letter : 0) |
    (/[\w-]/.test(char) ? wordCharacter : 0) |
    (/[\dA-Fa-f]/.test(char) ? hexDigit : 0);
}

/** The formats that can begin with one pair of characters, as one pattern with a group each. */
interface Beginning {
  pattern: RegExp;
  rules: string[];
}

const atWord = indexOf(formats);
const afterNoLetter = indexOf(formats.filter(({ begins }) => begins !== 'at-word'));
const anywhere = indexOf(formats.filter(({ begins }) => begins === 'anywhere'));

/** Which formats may begin with each pair of characters, by their codes. */
function indexOf(some: Format[]): (Beginning | undefined)[] {
  const byPair = new Map<number, Format[]>();
  for (const format of some) {
    const pairs = headsOf(format.pattern).flatMap(([first, second]) =>
      codesOf(first).flatMap((one) => codesOf(second).map((other) => one * 128 + other)),
    );
    for (const pair of new Set(pairs)) byPair.set(pair, [...(byPair.get(pair) ?? []), format]);
  }
  const index = new Array<Beginning | undefined>(128 * 128).fill(undefined);
  const known = new Map<string, Beginning>();
  for (const [pair, list] of byPair) {
    const source = list.map(({ pattern }) => `(${pattern})`).join('|');
    const beginning = known.get(source) ?? {
      pattern: new RegExp(source, 'y'),
      rules: list.map(({ rule }) => rule),
    };
    known.set(source, beginning);
    index[pair] = beginning;
  }
  return index;
}

/** The codes of the ASCII characters that a single-character pattern matches. */
function codesOf(one: string): number[] {
  const pattern = new RegExp(`^${one}$`);
  return Array.from({ length: 128 }, (_, code) => code).filter((code) =>
    pattern.test(String.fromCharCode(code)),
  );
}

/**
 * Finds credentials by format in one candidate, a text of ASCII without blanks that may begin with an escape. Every
 * position is examined once; formats are tried where their first two characters match.
 */
export function readByFormat(text: string, passages: Passage[]): void {
  let past = 0;
  const last = text.length - 1;
  let next = text.charCodeAt(0);
  for (let at = 0, kind = 0; at < last; at++) {
    const code = next;
    next = text.charCodeAt(at + 1);
    const before = kind;
    kind = kinds[code] ?? 0;
    if (at < past) continue;
    const pair = code * 128 + next;
    let beginning = atWord[pair];
    if (beginning === undefined) continue;
    if ((before & wordCharacter) !== 0 && !isAfterEscape(text, at)) {
      beginning = ((before & letter) === 0 ? afterNoLetter : anywhere)[pair];
      if (beginning === undefined) continue;
    }
    beginning.pattern.lastIndex = at;
    const match = beginning.pattern.exec(text);
    if (!match) continue;
    const which = match.findIndex((group, index) => index > 0 && group !== undefined);
    past = at + match[0].length;
    passages.push({ start: at, end: past, rule: beginning.rules[which - 1] ?? 'credential' });
  }
}

/** After the `n` of an escaped line break, the `D` of `%3D`, or the `m` that ends a colour code. */
function isAfterEscape(text: string, at: number): boolean {
  const isHex = (place: number) => ((kinds[text.charCodeAt(place)] ?? 0) & hexDigit) !== 0;
  if (text.charCodeAt(at - 3) === percent && isHex(at - 2) && isHex(at - 1)) return true;
  return at <= 6 && /^(?:\\(?:[A-Za-z]|u[0-9a-fA-F]{4})|\d{1,3}m)$/.test(text.slice(0, at));
}
