import { createAssignmentReader, readSqlPassword } from './assignments.ts';
import { createCredentialReaders } from './authorization.ts';
import { readCandidates, readSplitCandidates } from './candidates.ts';
import type { Passage } from './found.ts';
import type { KnownSecretReader } from './known-secrets.ts';
import { type Ahead, lookAhead } from './look-ahead.ts';
import { createPrivateKeyReader } from './private-keys.ts';
import { type Reading, readPercentEncoded, readPointerEscaped, readUnicodeEscaped } from './reading.ts';
import { readUrlPassword } from './urls.ts';

/**
 * All words and signs near which a secret may stand: a search over the text tells which readers have work. By length,
 * since V8 skips ahead by the shortest alternative: together they take twice as long.
 */
const anchors = [
  /pass|secr|toke|cred|cook|auth|bear|basi/gi,
  /pwd|key|jwt/gi,
  /identified by |-----BEGIN/gi,
  /:\/\//g,
];
const escapes = [readPercentEncoded, readUnicodeEscaped, readPointerEscaped];
const deepest = 3;
/** Texts with undone escapes that are read at most: so many times the text's length, and of any text so much. */
const mostTimes = 4;
const mostOfAny = 16_384;

/** What one text says, undone escapes or not, and the way back to the text that was given. */
interface Layer {
  text: string;
  depth: number;
  start(index: number): number;
  end(index: number): number;
  /** Whether there is something in `[start, end)` that the layer above does not have. */
  isNew(start: number, end: number): boolean;
}

/**
 * Finds the secrets in a text, and in what it says once the escapes of URLs, JSON and JSON pointers are undone, in any
 * order and up to three deep. `found` is told each secret as it reads where it was found.
 */
export function readText(
  given: string,
  known: KnownSecretReader,
  found?: (secret: string) => void,
): Passage[] {
  const passages: Passage[] = [];
  const layers: Layer[] = [
    { text: given, depth: 0, start: (index) => index, end: (index) => index, isNew: () => true },
  ];
  const seen = new Set<string>();
  let left = mostTimes * given.length + mostOfAny;
  for (let layer = layers.shift(); layer; layer = layers.shift()) {
    const inLayer: Passage[] = [];
    readLayer(layer, known, inLayer);
    for (const { start, end, rule } of inLayer) {
      found?.(layer.text.slice(start, end));
      passages.push({ start: layer.start(start), end: layer.end(end), rule });
    }
    if (layer.depth === deepest) continue;
    for (const undo of escapes) {
      const reading = undo(layer.text);
      if (!reading || seen.has(reading.text)) continue;
      left -= reading.text.length;
      if (left < 0) continue;
      seen.add(reading.text);
      layers.push(below(layer, reading));
    }
  }
  return passages;
}

function below(layer: Layer, reading: Reading): Layer {
  return {
    text: reading.text,
    depth: layer.depth + 1,
    start: (index) => layer.start(reading.start(index)),
    end: (index) => layer.end(reading.end(index)),
    isNew: (start, end) => reading.hasUndone(start, end),
  };
}

function readLayer({ text, isNew }: Layer, known: KnownSecretReader, passages: Passage[]): void {
  known(text, passages);
  readCandidates(text, isNew, passages);
  readSplitCandidates(text, isNew, known, passages);
  const { readBearer, readBasic } = createCredentialReaders(text);
  const readAssignment = createAssignmentReader(text);
  const readPrivateKey = createPrivateKeyReader(text);
  for (let anchor = nextAnchor(text), { start, end } = anchor(0); start < text.length; ) {
    let next = end;
    switch (text[start]) {
      case ':':
        readUrlPassword(text, start, passages);
        break;
      case '-':
        next = readPrivateKey(start, passages);
        break;
      case 'i':
      case 'I':
        readSqlPassword(text, end, passages);
        break;
      case 'b':
      case 'B':
        readBearer(start, passages);
        readBasic(start, passages);
        next = readAssignment(start, end, passages);
        break;
      default:
        next = readAssignment(start, end, passages);
    }
    ({ start, end } = anchor(Math.max(end, next)));
  }
}

/** The anchor at or after a place, whichever pattern finds it. */
function nextAnchor(text: string): (from: number) => Ahead {
  const nexts = anchors.map((pattern) => lookAhead(text, pattern));
  return (from) => {
    let first: Ahead = { start: text.length, end: text.length };
    for (const next of nexts) {
      const found = next(from);
      if (found.start < first.start) first = found;
    }
    return first;
  };
}
