import type { Passage } from '../passages.ts';
import { lookAhead } from './look-ahead.ts';

const begin = /-----BEGIN[ A-Z0-9]{0,40}PRIVATE KEY(?: BLOCK)?-----/y;
const anyBegin = new RegExp(begin, 'g');
const ending = /-----END[ A-Z0-9]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;
/** Characters of a key's body on one or many lines, literal or escaped; never a quote. */
const body = /(?:[A-Za-z0-9+/=\s:,.()%-]|\\+[nrt/])*/y;
const material = /[A-Za-z0-9+/=]{16,}/g;
/** Lines that contain only key material. */
const materialLines = /(?:[A-Za-z0-9+/=]{16,}(?:[ \t\r\n]|\\+[nrt])*)*/y;
/** The length of keys: within it, prose may interrupt a key's lines, or replace its missing end. */
const usual = 32_768;
const rule = 'private-key';

export type PrivateKeyReader = (at: number, passages: Passage[]) => number;

/**
 * Reads the PEM or PGP private key that begins at a position: one passage, or, if there are quotes between its lines (a
 * list of lines, strings joined by `+`), one per line. Returns where to continue. A key ends where the next begins.
 */
export function createPrivateKeyReader(text: string): PrivateKeyReader {
  const nextEnd = lookAhead(text, ending);
  const nextBegin = lookAhead(text, anyBegin);
  return (at, passages) => {
    begin.lastIndex = at;
    if (!begin.test(text)) return at;
    const bodyStart = begin.lastIndex;
    const end = nextEnd(bodyStart);
    const other = nextBegin(bodyStart).start;
    const closed = end.end > end.start && end.start - bodyStart <= usual;
    const stop = Math.min(closed ? end.start : bodyStart + usual, other);
    const inside = text.slice(bodyStart, stop);
    body.lastIndex = 0;
    body.test(inside);
    const written = inside.slice(0, body.lastIndex);
    if (/[A-Za-z0-9+/=]{16}/.test(written)) {
      const unbroken = closed && stop === end.start && written.length === inside.length;
      const past = unbroken ? end.end : endOfMaterial(text, bodyStart, written);
      passages.push({ start: at, end: past, rule });
      return past;
    }
    if (!closed) return bodyStart;
    for (const line of inside.matchAll(material)) {
      const start = bodyStart + line.index;
      passages.push({ start, end: start + line[0].length, rule });
    }
    // What is no key between the two is read as any text is.
    return bodyStart;
  };
}

/** A truncated key ends with its last line of key material, not in the prose after it. */
function endOfMaterial(text: string, from: number, written: string): number {
  let length = written.length;
  for (const line of written.matchAll(/[A-Za-z0-9+/=]{24,}/g)) length = line.index + line[0].length;
  if (written.length < usual) return from + length;
  materialLines.lastIndex = from + written.length;
  materialLines.test(text);
  return Math.max(from + length, materialLines.lastIndex);
}
