import type { Passage } from './found.ts';

const begin = /-----BEGIN[ A-Z0-9]{0,40}PRIVATE KEY(?: BLOCK)?-----/y;
const ending = /-----END[ A-Z0-9]{0,40}PRIVATE KEY(?: BLOCK)?-----/;
/** What a key's body is made of on one or many lines, as itself or escaped; never a quote. */
const body = /(?:[A-Za-z0-9+/=\s:,.()%-]|\\+[nrt/])*/y;
const material = /[A-Za-z0-9+/=]{16,}/g;
/** Longer than any key: how far the end of one is looked for. */
const longest = 32_768;
const rule = 'private-key';

/**
 * A PEM or PGP private key that begins at `at`: one passage, or, where quotes stand between its lines (a list
 * of lines, strings joined by `+`), one a line. Returns where to read on.
 */
export function readPrivateKey(text: string, at: number, passages: Passage[]): number {
  begin.lastIndex = at;
  if (!begin.test(text)) return at;
  const bodyStart = begin.lastIndex;
  const rest = text.slice(bodyStart, bodyStart + longest);
  const end = ending.exec(rest);
  const inside = end ? rest.slice(0, end.index) : rest;
  body.lastIndex = 0;
  body.test(inside);
  const written = inside.slice(0, body.lastIndex);
  if (/[A-Za-z0-9+/=]{16}/.test(written)) {
    const unbroken = end !== null && written.length === inside.length;
    const length = unbroken ? end.index + end[0].length : lengthOfMaterial(written);
    passages.push({ start: at, end: bodyStart + length, rule });
    return bodyStart + length;
  }
  if (!end) return bodyStart;
  for (const line of inside.matchAll(material)) {
    const start = bodyStart + line.index;
    passages.push({ start, end: start + line[0].length, rule });
  }
  return bodyStart + end.index + end[0].length;
}

/** A key cut short ends with its last line that has key material in it, not in the prose after. */
function lengthOfMaterial(written: string): number {
  let length = written.length;
  for (const line of written.matchAll(/[A-Za-z0-9+/=]{24,}/g)) length = line.index + line[0].length;
  return length;
}
