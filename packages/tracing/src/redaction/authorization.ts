import type { Passage } from './found.ts';
import { isPlaceholder, looksRandom } from './placeholder.ts';

const bearer = /bearer(?:[ \t]+|%20|\+|:[ \t]*)([\w.~+/=-]{8,})/iy;
const basic = /basic(?:[ \t]+|%20|\+)([A-Za-z0-9+/_-]{6,}={0,2})/iy;

/** The credential after `Bearer`; a word of prose is none. */
export function readBearer(text: string, at: number, passages: Passage[]): void {
  bearer.lastIndex = at;
  const [all, value] = bearer.exec(text) ?? [];
  if (all === undefined || value === undefined || isPlaceholder(value)) return;
  if (!looksRandom(value) && (value.length < 24 || /^[a-z-]+$/.test(value))) return;
  const end = at + all.length;
  passages.push({ start: end - value.length, end, rule: 'bearer' });
}

/** The credential after `Basic`, which is the base64 of `user:password`. */
export function readBasic(text: string, at: number, passages: Passage[]): void {
  basic.lastIndex = at;
  const [all, value] = basic.exec(text) ?? [];
  if (all === undefined || value === undefined || !/^[\x20-\x7e]*:[\x20-\x7e]*$/.test(fromBase64(value)))
    return;
  const end = at + all.length;
  passages.push({ start: end - value.length, end, rule: 'basic' });
}

function fromBase64(value: string): string {
  return Buffer.from(value, 'base64').toString('latin1');
}
