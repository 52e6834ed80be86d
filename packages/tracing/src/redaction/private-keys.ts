import type { Passage } from './found.ts';

const begin = /-----BEGIN[ A-Z0-9]{0,40}PRIVATE KEY(?: BLOCK)?-----/y;
const ending = /-----END[ A-Z0-9]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;
/** What a key's body is made of on one or many lines, as itself or escaped; never a quote. */
const body = /(?:[A-Za-z0-9+/=\s:,.()%-]|\\+[nrt/])*/y;
const material = /[A-Za-z0-9+/=]{16,}/g;
const longest = 32_768;

/**
 * A PEM or PGP private key that begins at `at`: one passage, or, where quotes stand between its lines (a list
 * of lines, strings joined by `+`), one a line. Returns where to read on.
 */
export function readPrivateKey(text: string, at: number, passages: Passage[]): number {
  begin.lastIndex = at;
  if (!begin.test(text)) return at + 10;
  const bodyStart = begin.lastIndex;
  body.lastIndex = bodyStart;
  body.test(text);
  // A body that goes on for longer than any key is read in one go all the same, or a second key would hide in it.
  let bodyEnd = body.lastIndex;
  const bodyText = text.slice(bodyStart, bodyEnd);
  ending.lastIndex = 0;
  const end = ending.exec(bodyText);
  if (end) bodyEnd = bodyStart + end.index + end[0].length;
  if (/[A-Za-z0-9+/=]{16}/.test(bodyText.slice(0, end?.index))) {
    passages.push({ start: at, end: end ? bodyEnd : trimEnd(text, bodyStart, bodyEnd), rule: 'private-key' });
    return bodyEnd;
  }
  if (end) return bodyEnd;
  const rest = text.slice(bodyEnd, bodyEnd + longest);
  ending.lastIndex = 0;
  const later = ending.exec(rest);
  if (!later) return bodyEnd;
  for (const line of rest.slice(0, later.index).matchAll(material)) {
    const start = bodyEnd + line.index;
    passages.push({ start, end: start + line[0].length, rule: 'private-key' });
  }
  return bodyEnd + later.index;
}

/** A key cut short ends with its last line that has key material in it, not in the prose after. */
function trimEnd(text: string, start: number, end: number): number {
  let last = start;
  for (const line of text.slice(start, end).matchAll(/[A-Za-z0-9+/=]{24,}/g))
    last = start + line.index + line[0].length;
  return last === start ? end : last;
}
