import type { Passage } from '../passages.ts';
import { isPlaceholder, looksRandom } from '../words/placeholders.ts';

const bearer = /bearer(?:[ \t]+|%20|\+|:[ \t]*)([\w.~+/=-]{8,})/iy;
const basic = /basic(?:[ \t]+|%20|\+)/iy;

/** What stands before the credentials of an `Authorization` header: one credential, or a list of them. */
export const scheme =
  /(?:basic|bearer|token|api-?key|negotiate|ntlm|bot|dpop|key|ssws|splunk|genie-?key)(?:[ \t]+|%20|\+)/iy;
export const listedScheme =
  /(?:digest|oauth|hawk|aws4-hmac-sha256|sharedkey(?:lite)?|mac|vapid|signature)[ \t]+(?=\S)/iy;

const base64 = new Uint8Array(65_536).fill(64);
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
[...`${alphabet}+/`].forEach((char, value) => {
  base64[char.charCodeAt(0)] = value;
});
base64['-'.charCodeAt(0)] = 62;
base64['_'.charCodeAt(0)] = 63;
const shortestBasic = 6;
const colon = 58;

/** Readers of what follows `Bearer` and `Basic` in one text; called with ascending positions, they read it once. */
export function createCredentialReaders(text: string) {
  /** A `+` replaces a blank after the word, but also occurs within the value: one value may contain many words. */
  let bearerPast = 0;
  const basics: { start: number; end: number }[] = [];

  /** The credential after `Bearer`; a word of prose is not one. */
  function readBearer(at: number, passages: Passage[]): void {
    if (at < bearerPast) return;
    bearer.lastIndex = at;
    const [all, value] = bearer.exec(text) ?? [];
    if (all === undefined || value === undefined || isPlaceholder(value)) return;
    if (!looksRandom(value) && (value.length < 24 || /^[a-z-]+$/.test(value))) return;
    const end = at + all.length;
    bearerPast = end;
    passages.push({ start: end - value.length, end, rule: 'bearer' });
  }

  /** The credential after `Basic`, which is the base64 of `user:password`. */
  function readBasic(at: number, passages: Passage[]): void {
    basic.lastIndex = at;
    if (!basic.test(text)) return;
    const start = basic.lastIndex;
    // What was read from a start in step with this one also holds from here.
    const known = basics[start % 4];
    if (known && start >= known.start && start < known.end) return;
    const read = readPair(start);
    basics[start % 4] = { start, end: read.end };
    if (!read.isPair) return;
    let { end } = read;
    while (end < read.end + 2 && text[end] === '=') end++;
    passages.push({ start, end, rule: 'basic' });
  }

  /** Whether the base64 from `start` on is printable ASCII with a colon in it, and where that ends or fails. */
  function readPair(start: number): { isPair: boolean; end: number } {
    let hasColon = false;
    let bits = 0;
    let at = start;
    for (; ; at++) {
      const value = base64[text.charCodeAt(at)] ?? 64;
      if (value === 64) break;
      bits = ((bits << 6) | value) & 0xffff;
      const step = (at - start) % 4;
      if (step === 0) continue;
      const byte = (bits >> (6 - 2 * step)) & 0xff;
      if (byte < 0x20 || byte > 0x7e) return { isPair: false, end: at };
      if (byte === colon) hasColon = true;
    }
    return { isPair: hasColon && at - start >= shortestBasic, end: at };
  }

  return { readBearer, readBasic };
}
