import { hash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { marker, replacePassages } from './found.ts';
import { createKnownSecretReader, type KnownSecretReader } from './known-secrets.ts';
import { secretsIn } from './learned-secrets.ts';
import { createMemo } from './memo.ts';
import { readText } from './read.ts';
import { isSecretKey } from './secret-keys.ts';
import { readWindows, type Window, windowsAround } from './windows.ts';

/** A text without its secrets, how many there were, and the names of the rules that found them. */
export interface Redaction {
  text: string;
  count: number;
  rules: string[];
}

export interface RedactedValue<T> {
  value: T;
  count: number;
  rules: string[];
}

export interface Redactor {
  /**
   * Redacts free text, JSON (within JSON), headers, environment and YAML lines, URLs, PEM keys. What was valid
   * JSON stays valid JSON, and redacting the result again changes nothing. Never throws. Give it whole texts:
   * a secret cut in two is not found.
   */
  text(text: string): Redaction;
  /**
   * Reads a text that is so long that it would hold the process up, in turns between which other work is done; `text`
   * has the result at hand then. Does nothing with others.
   */
  readAhead(text: string): Promise<void>;
  /** Redacts a span's attribute: as a whole under a secret's key, else by `text`. Numbers and booleans stay. */
  attribute<T>(key: string, value: T): RedactedValue<T>;
  /** A copy of a JSON value, redacted by key and pattern at every depth; keys are read as texts. */
  value(value: unknown): RedactedValue<unknown>;
  /**
   * A redactor that also knows the secrets in a JSON value, wherever they come up again: those of twelve characters or
   * more that are no ordinary words, and the long parts of those with parts; at most 64. Null where there are none.
   */
  learn(value: unknown): Promise<Redactor | null>;
}

/** Texts from this length on are too long for the memo; the newest is told by its hash, so that no secret is kept. */
const long = 262_144;
/** How often a text is read again at most because a redaction bared another secret. */
const readings = 8;
const deepest = 200;

/**
 * Makes a redactor that knows the provider's formats and exactly these secrets (the ones the process has
 * loaded; those under eight characters are ignored).
 */
export function createRedactor({ secrets }: { secrets: string[] }): Redactor {
  return redactorWith(createKnownSecretReader(secrets, 'loaded-secret'));
}

function redactorWith(known: KnownSecretReader): Redactor {
  const clean = createMemo();
  // A long prompt with secrets stands in several fields of a span, and takes its time each time it is read.
  let lastLong: { hash: string; redaction: Redaction } | null = null;
  let ahead: { hash: string; read: Promise<void> } | null = null;

  function text(original: string): Redaction {
    if (original.length < long) return wholeOf(reading(original));
    const sha = hash('sha256', original);
    if (lastLong?.hash !== sha) lastLong = { hash: sha, redaction: wholeOf(reading(original)) };
    return lastLong.redaction;
  }

  async function readAhead(original: string): Promise<void> {
    if (original.length < long) return;
    const sha = hash('sha256', original);
    if (lastLong?.hash === sha) return;
    // The same text is often asked about by several steps at once.
    if (ahead?.hash !== sha) ahead = { hash: sha, read: inTurns(original, sha) };
    await ahead.read;
  }

  async function inTurns(original: string, sha: string): Promise<void> {
    const turns = reading(original);
    for (let turn = turns.next(); ; turn = turns.next()) {
      if (turn.done) {
        lastLong = { hash: sha, redaction: turn.value };
        return;
      }
      await setImmediate();
    }
  }

  /** Yields where it may be interrupted. */
  function* reading(original: string): Generator<undefined, Redaction, undefined> {
    if (original.length < 4 || clean.has(original)) return { text: original, count: 0, rules: [] };
    let result: Redaction = { text: original, count: 0, rules: [] };
    let windows: Window[] = [[0, original.length]];
    for (let i = 0; i < readings; i++) {
      const passages = readWindows(result.text, windows, known) ?? readText(result.text, known);
      if (passages.length === 0) break;
      const next = replacePassages(result.text, passages);
      if (next.count === 0) break;
      result = { text: next.text, count: result.count + next.count, rules: union(result.rules, next.rules) };
      windows = windowsAround(next.places, next.text.length);
      yield;
    }
    if (result.count > 0) result = keepJson(original, result);
    clean.add(result.text);
    return result;
  }

  /** Should a replacement have broken a JSON text, its strings are redacted one by one instead. */
  function keepJson(original: string, redacted: Redaction): Redaction {
    if (!/^\s*[[{"]/.test(original) || parseJson(redacted.text) !== undefined) return redacted;
    const parsed = parseJson(original);
    if (parsed === undefined) return redacted;
    const { value: rebuilt, count, rules } = value(parsed.json);
    return { text: JSON.stringify(rebuilt), count, rules };
  }

  function value(original: unknown): RedactedValue<unknown> {
    let count = 0;
    let rules: string[] = [];
    const note = (redaction: Redaction) => {
      count += redaction.count;
      rules = union(rules, redaction.rules);
      return redaction.text;
    };
    const copy = (part: unknown, secret: boolean, depth: number): unknown => {
      if (typeof part === 'string') return note(secret ? whole(part) : text(part));
      if (typeof part !== 'object' || part === null) return part;
      if (depth > deepest) return marker;
      if (Array.isArray(part)) return part.map((item) => copy(item, secret, depth + 1));
      const entries = Object.entries(part).map(([key, item]) => [
        note(text(key)),
        copy(item, isSecretKey(key), depth + 1),
      ]);
      return Object.fromEntries(entries);
    };
    return { value: copy(original, false, 0), count, rules };
  }

  function attribute<T>(key: string, given: T): RedactedValue<T> {
    const redact = isSecretKey(key) ? whole : text;
    if (typeof given === 'string') {
      const { text: redacted, count, rules } = redact(given);
      return { value: redacted as T & string, count, rules };
    }
    if (!Array.isArray(given)) return { value: given, count: 0, rules: [] };
    let count = 0;
    let rules: string[] = [];
    const list = given.map((item: unknown) => {
      if (typeof item !== 'string') return item;
      const redaction = redact(item);
      count += redaction.count;
      rules = union(rules, redaction.rules);
      return redaction.text;
    });
    return { value: list as T & unknown[], count, rules };
  }

  async function learn(given: unknown): Promise<Redactor | null> {
    const learned = await secretsIn(given);
    if (learned.length === 0) return null;
    const readLearned = createKnownSecretReader(learned, 'learned-secret');
    return redactorWith((text, passages) => {
      known(text, passages);
      readLearned(text, passages);
    });
  }

  return { text, readAhead, attribute, value, learn };
}

function wholeOf(turns: Generator<undefined, Redaction, undefined>): Redaction {
  for (;;) {
    const { done, value } = turns.next();
    if (done) return value;
  }
}

/** A string under a secret's key: nothing of it may stay. */
function whole(original: string): Redaction {
  if (original === '' || original === marker) return { text: original, count: 0, rules: [] };
  return { text: marker, count: 1, rules: ['secret-key'] };
}

function union(a: string[], b: string[]): string[] {
  return b.length === 0 ? a : [...new Set([...a, ...b])];
}

function parseJson(text: string): { json: unknown } | undefined {
  try {
    return { json: JSON.parse(text) };
  } catch {
    return undefined;
  }
}
