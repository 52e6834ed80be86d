import { readAssignment, readSqlPassword } from './assignments.ts';
import { readBasic, readBearer } from './authorization.ts';
import { readCandidates, readSplitCandidates } from './candidates.ts';
import type { Passage } from './found.ts';
import type { LoadedSecretReader } from './loaded-secrets.ts';
import { readPrivateKey } from './private-keys.ts';
import { type Reading, readPercentEncoded, readPointerEscaped, readUnicodeEscaped } from './reading.ts';
import { readUrlPassword } from './urls.ts';

/** All words and signs near which a secret may stand: one search over the text tells which readers have work. */
const anchors =
  /pass|pwd|secr|toke|key|cred|cook|auth|jwt|bear|basi|identified by |:\/\/|-----BEGIN|%[2-7][0-9a-f]|\\u00(?!2[67]|3[ce])[2-7]|:\\+\/\\+\/|~[01]/gi;
const urlCharacter = /[^\s"`<>\\]/;
const deepest = 3;

/** Finds the secrets in a text, and in what it says once the escapes of URLs, JSON and JSON pointers are undone. */
export function readText(text: string, loaded: LoadedSecretReader, depth = 0): Passage[] {
  const passages: Passage[] = [];
  loaded(text, passages);
  readCandidates(text, passages);
  readSplitCandidates(text, loaded, passages);
  let escaped = false;
  let inPointer = false;
  let encodedUntil = 0;
  let next = 0;
  for (;;) {
    // Set anew each time: what is read within uses the same pattern.
    anchors.lastIndex = next;
    const match = anchors.exec(text);
    if (!match) break;
    const { index, 0: anchor } = match;
    const end = index + anchor.length;
    next = end;
    switch (anchor[0]) {
      case ':':
        if (anchor === '://') readUrlPassword(text, index, passages);
        else escaped = true;
        break;
      case '\\':
        escaped = true;
        break;
      case '~':
        inPointer = true;
        break;
      case '-':
        next = Math.max(end, readPrivateKey(text, index, passages));
        break;
      case '%':
        if (index >= encodedUntil && depth < deepest) {
          encodedUntil = readEncoded(text, index, encodedUntil, loaded, depth, passages);
        }
        break;
      case 'i':
      case 'I':
        readSqlPassword(text, end, passages);
        break;
      case 'b':
      case 'B':
        readBearer(text, index, passages);
        readBasic(text, index, passages);
        next = Math.max(end, readAssignment(text, index, end, passages));
        break;
      default:
        next = Math.max(end, readAssignment(text, index, end, passages));
    }
  }
  if (escaped && depth < deepest) addFrom(readUnicodeEscaped(text), 0, loaded, depth, passages);
  if (inPointer && depth < deepest) addFrom(readPointerEscaped(text), 0, loaded, depth, passages);
  return passages;
}

/** Reads the blank-free passage around a percent escape; returns where it ends. */
function readEncoded(
  text: string,
  at: number,
  past: number,
  loaded: LoadedSecretReader,
  depth: number,
  passages: Passage[],
): number {
  let start = at;
  while (start > past && urlCharacter.test(text[start - 1] ?? ' ')) start--;
  let end = at;
  while (end < text.length && urlCharacter.test(text[end] ?? ' ')) end++;
  addFrom(readPercentEncoded(text.slice(start, end)), start, loaded, depth, passages);
  return end;
}

function addFrom(
  reading: Reading,
  offset: number,
  loaded: LoadedSecretReader,
  depth: number,
  passages: Passage[],
): void {
  for (const { start, end, rule } of readText(reading.text, loaded, depth + 1)) {
    passages.push({ start: offset + reading.start(start), end: offset + reading.end(end), rule });
  }
}
