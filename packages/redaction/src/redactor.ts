import { isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';
import { heldBeside } from './by-place/pairs.ts';
import { createKnownSecretReader, type KnownSecretReader } from './by-value/known-secrets.ts';
import { secretsIn } from './by-value/learned-secrets.ts';
import { readText } from './layers.ts';
import { createMemo, longestRemembered } from './memo.ts';
import { marker, replacePassages } from './passages.ts';
import { readWindows, type Window, windowsAround } from './windows.ts';
import { isSecretKey } from './words/secret-keys.ts';

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
   * Redacts free text, JSON (within JSON), headers, environment and YAML lines, URLs, PEM keys. Valid JSON stays valid
   * JSON, and redacting the result again changes nothing. Never throws. Pass complete texts: part of a secret is not
   * found.
   */
  text(text: string): Redaction;
  /**
   * Redacts a span's attribute: texts and bytes entirely under a secret's key, otherwise by `text`; a list or map as `value` does.
   * Numbers and booleans stay.
   */
  attribute<T>(key: string, value: T): RedactedValue<T>;
  /** A copy of a JSON value: texts entirely below a secret's key, otherwise by `text`; keys are redacted as texts. */
  value(value: unknown): RedactedValue<unknown>;
  /**
   * A redactor that also knows the secrets in a JSON value, wherever they recur: those of twelve characters or more,
   * except ordinary words, and the long parts of those with parts; at most 64. Null if there are none.
   */
  learn(value: unknown): Promise<Redactor | null>;
}

/** How often a text is read again because a redaction revealed another secret. */
const readings = 8;
const deepest = 200;

/**
 * Creates a redactor that knows the providers' formats and exactly these secrets (those the process has loaded; secrets
 * under eight characters are ignored).
 */
export function createRedactor({ secrets }: { secrets: string[] }): Redactor {
  return redactorWith(createKnownSecretReader(secrets, 'loaded-secret'));
}

function redactorWith(known: KnownSecretReader): Redactor {
  const clean = createMemo();
  // A long prompt with secrets occurs in several fields of a span: the newest is recognised by its hash, so that no
  // secret is kept.
  let newestLong: { hash: string; redaction: Redaction } | null = null;

  function text(original: string): Redaction {
    if (original.length < 4 || clean.has(original)) return { text: original, count: 0, rules: [] };
    if (original.length <= longestRemembered) return readSafely(original);
    const sha = hash('sha256', original);
    if (newestLong?.hash !== sha) newestLong = { hash: sha, redaction: readSafely(original) };
    return newestLong.redaction;
  }

  /** A regular expression throws where it takes millions of characters at once: nothing of such a string may stay. */
  function readSafely(original: string): Redaction {
    try {
      return read(original);
    } catch {
      return keepJson(original, unread);
    }
  }

  function read(original: string): Redaction {
    let result: Redaction = { text: original, count: 0, rules: [] };
    let windows: Window[] = [[0, original.length]];
    for (let i = 0; i < readings; i++) {
      const passages = readWindows(result.text, windows, known) ?? readText(result.text, known);
      if (passages.length === 0) break;
      const next = replacePassages(result.text, passages);
      if (next.count === 0) break;
      result = { text: next.text, count: result.count + next.count, rules: union(result.rules, next.rules) };
      windows = windowsAround(next.places, next.text.length);
    }
    if (result.count > 0) result = keepJson(original, result);
    clean.add(result.text);
    return result;
  }

  /** If a replacement broke a JSON text, its strings are redacted one by one instead. */
  function keepJson(original: string, redacted: Redaction): Redaction {
    if (!/^\s*[[{"]/.test(original) || parseJson(redacted.text) !== undefined) return redacted;
    const parsed = parseJson(original);
    if (parsed === undefined) return redacted;
    const { value: rebuilt, count, rules } = value(parsed.json);
    return { text: JSON.stringify(rebuilt), count, rules };
  }

  function value(original: unknown): RedactedValue<unknown> {
    const tally = createTally();
    return tally.of(copy(original, false, tally));
  }

  function attribute<T>(key: string, given: T): RedactedValue<T> {
    const secret = isSecretKey(key);
    // Most are texts: there is nothing to add up.
    if (typeof given === 'string') {
      const found = secret ? whole(given) : text(given);
      return { value: found.text as T & string, count: found.count, rules: found.rules };
    }
    const tally = createTally();
    return tally.of(copy(given, secret, tally) as T);
  }

  function copy(part: unknown, secret: boolean, tally: Tally): unknown {
    if (typeof part === 'string') return tally.note(secret ? whole(part) : text(part));
    if (typeof part !== 'object' || part === null) return part;
    const { within } = tally;
    if (within.length > deepest || within.includes(part)) return tally.note(unread);
    within.push(part);
    try {
      if (ArrayBuffer.isView(part)) return bytes(part, secret, tally);
      const isHeld = secret ? null : heldBeside(part, within.at(-2));
      if (Array.isArray(part))
        return part.map((item, at) => copy(item, secret || isHeld?.(String(at)) === true, tally));
      const copied: Record<string, unknown> = {};
      for (const key of Object.keys(part)) {
        const item = (part as Record<string, unknown>)[key];
        const value = copy(item, secret || isSecretKey(key) || isHeld?.(key) === true, tally);
        setOwn(copied, tally.note(text(key)), value);
      }
      return copied;
    } catch {
      // A getter that throws, a revoked proxy.
      return tally.note(unread);
    } finally {
      within.pop();
    }
  }

  /** As UTF-8, or else each byte as a character: what is no secret stays as it was, to the byte. */
  function bytes(view: ArrayBufferView, secret: boolean, tally: Tally): ArrayBufferView {
    const given = Buffer.from(view.buffer, view.byteOffset, view.byteLength);
    const encoding = isUtf8(given) ? 'utf8' : 'latin1';
    const original = given.toString(encoding);
    const shown = tally.note(secret ? whole(original) : text(original));
    return shown === original ? view : new Uint8Array(Buffer.from(shown, encoding));
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

  return { text, attribute, value, learn };
}

type Tally = ReturnType<typeof createTally>;

/** Adds up what was removed from the texts of one value. */
function createTally() {
  let count = 0;
  let rules: string[] = [];
  return {
    /** The lists and maps around what is being copied: one that contains itself is not followed. */
    within: [] as object[],
    note(redaction: Redaction): string {
      if (redaction.count > 0) {
        count += redaction.count;
        rules = union(rules, redaction.rules);
      }
      return redaction.text;
    },
    of: <T>(value: T): RedactedValue<T> => ({ value, count, rules }),
  };
}

/** In place of what cannot be read: too deep, within itself, a getter that throws, a word of megabytes. */
const unread: Redaction = { text: marker, count: 1, rules: ['unread'] };

/** A string under a secret's key: no part of it may stay. */
function whole(original: string): Redaction {
  if (original === '' || original === marker) return { text: original, count: 0, rules: [] };
  return { text: marker, count: 1, rules: ['secret-key'] };
}

function union(a: string[], b: string[]): string[] {
  return b.length === 0 ? a : [...new Set([...a, ...b])];
}

/** Also under a name that an assignment would take for the prototype. */
function setOwn(map: Record<string, unknown>, name: string, value: unknown): void {
  if (name !== '__proto__') map[name] = value;
  else Object.defineProperty(map, name, { value, enumerable: true, configurable: true, writable: true });
}

function parseJson(text: string): { json: unknown } | undefined {
  try {
    return { json: JSON.parse(text) };
  } catch {
    return undefined;
  }
}
