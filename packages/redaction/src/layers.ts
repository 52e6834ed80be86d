import { readCandidates, readSplitCandidates } from './by-look/candidates.ts';
import { createAssignmentReader, readSqlPassword } from './by-place/assignments.ts';
import { createCredentialReaders } from './by-place/authorization.ts';
import { type Ahead, lookAhead } from './by-place/look-ahead.ts';
import { createPrivateKeyReader } from './by-place/private-keys.ts';
import { readUrlPassword } from './by-place/urls.ts';
import type { KnownSecretReader } from './by-value/known-secrets.ts';
import { type Reading, readEscaped, readPercentEncoded, readPointers } from './escapes.ts';
import type { Passage } from './passages.ts';

/**
 * All words and signs near which a secret may be: a search over the text tells which readers are needed. By length,
 * since V8 skips ahead by the shortest alternative: together they take twice as long.
 */
const anchors = [
  /pass|secr|toke|cred|cook|auth|bear|basi/gi,
  /pwd|key|jwt/gi,
  /identified by /gi,
  /-----BEGIN/gi,
  /:\/\//g,
];
/** How often the escapes of each kind are undone. */
const deepest = 3;
/** Limits on reading texts with undone escapes: relative to the text's length, and an amount for any text. */
const mostTimes = 2;
const mostOfAny = 4_096;

/** One reading of a text, escapes undone or not, and the way back to the original text. */
interface Layer {
  text: string;
  /** How often escapes of JSON, of JSON pointers and of URLs have been undone. */
  unescaped: number;
  pointed: number;
  decoded: number;
  start(index: number): number;
  end(index: number): number;
  /** Whether `[start, end)` contains something that the layer above does not. */
  isNew(start: number, end: number): boolean;
}

/**
 * Finds the secrets in a text, and in its readings with the escapes of JSON, JSON pointers and URLs undone, up to three
 * deep. `found` receives each secret as it reads in the layer where it was found.
 */
export function readText(
  given: string,
  known: KnownSecretReader,
  found?: (secret: string) => void,
): Passage[] {
  const passages: Passage[] = [];
  let left = mostTimes * given.length + mostOfAny;
  const layers: Layer[] = [firstLayer(given)];
  for (let layer = layers.pop(); layer; layer = layers.pop()) {
    const inLayer: Passage[] = [];
    readLayer(layer, known, inLayer);
    for (const passage of inLayer) {
      found?.(layer.text.slice(passage.start, passage.end));
      passage.start = layer.start(passage.start);
      passage.end = layer.end(passage.end);
      passages.push(passage);
    }
    for (const next of below(layer)) {
      left -= next.text.length;
      if (left >= 0) layers.push(next);
    }
  }
  return passages;
}

function firstLayer(text: string): Layer {
  const itself = (index: number) => index;
  return { text, unescaped: 0, pointed: 0, decoded: 0, start: itself, end: itself, isNew: () => true };
}

/**
 * A layer's reading with the escapes of one kind undone. One kind at a time, since what is an escape to one is part of
 * a secret to another (`8Q~1`). Those of JSON come first and are undone everywhere; those of pointers and URLs in
 * passages of the result: `https:\/\/host\/?q=%22` is one URL then, and was three passages before.
 */
function below(layer: Layer): Layer[] {
  const unescaped = layer.unescaped < deepest ? readEscaped(layer.text) : null;
  if (unescaped) return [layerOf(layer, unescaped, { unescaped: layer.unescaped + 1 })];
  // JSON's escapes are undone once more in whatever the others reveal.
  const again = Math.min(layer.unescaped, deepest - 1);
  const pointed = layer.pointed < deepest ? readPointers(layer.text) : null;
  const decoded = layer.decoded < deepest ? readPercentEncoded(layer.text) : null;
  return [
    ...(pointed ? [layerOf(layer, pointed, { unescaped: again, pointed: layer.pointed + 1 })] : []),
    ...(decoded ? [layerOf(layer, decoded, { unescaped: again, decoded: layer.decoded + 1 })] : []),
  ];
}

function layerOf(
  above: Layer,
  reading: Reading,
  undone: Partial<Pick<Layer, 'unescaped' | 'pointed' | 'decoded'>>,
): Layer {
  const { unescaped, pointed, decoded } = above;
  return {
    unescaped,
    pointed,
    decoded,
    ...undone,
    text: reading.text,
    start: (index) => above.start(reading.start(index)),
    end: (index) => above.end(reading.end(index)),
    isNew: (start, end) => reading.hasUndone(start, end),
  };
}

function readLayer({ text, isNew }: Layer, known: KnownSecretReader, passages: Passage[]): void {
  known(text, passages);
  readCandidates(text, isNew, passages);
  readSplitCandidates(text, isNew, passages);
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

/** The anchor at or after a position, whichever pattern finds it. */
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
