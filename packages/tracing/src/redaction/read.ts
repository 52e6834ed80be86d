import { readAssignment, readSqlPassword } from './assignments.ts';
import { readBasic, readBearer } from './authorization.ts';
import { readCandidates, readSplitCandidates } from './candidates.ts';
import type { Passage } from './found.ts';
import type { LoadedSecretReader } from './loaded-secrets.ts';
import { readPrivateKey } from './private-keys.ts';
import { type Reading, readPercentEncoded, readPointerEscaped, readUnicodeEscaped } from './reading.ts';
import { readUrlPassword } from './urls.ts';

/**
 * All words and signs near which a secret may stand: a search over the text tells which readers have work. By length,
 * since V8 skips ahead by the shortest alternative: together they take twice as long.
 */
const anchors = [
  /pass|secr|toke|cred|cook|auth|bear|basi/gi,
  /pwd|key|jwt/gi,
  /identified by /gi,
  /:\/\/|-----BEGIN|%[2-7][0-9a-f]|\\u00(?!2[67]|3[ce])[2-7]|:\\+\/\\+\/|~[01]/gi,
];
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
  for (const { index, anchor } of anchorsIn(text)) {
    if (index < next) continue;
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

interface Anchor {
  index: number;
  anchor: string;
}

/** The anchors from the first to the last; few, in ordinary text. */
function anchorsIn(text: string): Anchor[] {
  const found: Anchor[] = [];
  for (const pattern of anchors) {
    pattern.lastIndex = 0;
    for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
      found.push({ index: match.index, anchor: match[0] });
    }
  }
  return found.sort((one, other) => one.index - other.index);
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
