import { setImmediate } from 'node:timers/promises';
import { heldBeside } from '../by-place/pairs.ts';
import { between } from '../escapes.ts';
import { readText } from '../layers.ts';
import { isOrdinary } from '../words/ordinary.ts';
import { isPlaceholder, looksRandom } from '../words/placeholders.ts';
import { isSecretKey } from '../words/secret-keys.ts';

/** Shorter ones, and ordinary words, occur in ordinary text by chance. */
const shortest = 12;
const shortestSegment = 16;
/** Maximum length of what is searched for; a longer secret is searched for in pieces. */
const most = 64;
const longest = 512;
const deepest = 200;
/** What joins the parts of a token, of a cookie list, or of a multi-line key. */
const joint = /[^\w+/~-]+/;
const nothingKnown = () => {};
/**
 * Texts are read together, up to about this many characters: each reading has a fixed cost, and most texts are short.
 */
const together = 65_536;

/**
 * The secrets in a value that are worth searching for elsewhere: values with a secret's name or format, of twelve
 * characters or more, except ordinary words; of those with parts (a JWT, a key's lines) also the long parts, since a
 * model may drop what joins them. At most 64, complete secrets first. The process does other work in between.
 */
export async function secretsIn(value: unknown): Promise<string[]> {
  const whole = new Set<string>();
  const note = (secret: string) => {
    if (whole.size < most && secret.length >= shortest && !isOrdinary(secret)) whole.add(secret);
  };
  // The names of fields recur in every entry of a list.
  const texts = new Set<string>();
  const gather = (part: unknown, secret: boolean, depth: number, around?: object): void => {
    if (typeof part === 'string') {
      if (secret && !isPlaceholder(part)) note(part);
      else if (part.length >= shortest) texts.add(part);
    } else if (typeof part === 'object' && part !== null && depth < deepest) {
      const isList = Array.isArray(part);
      const isHeld = secret ? null : heldBeside(part, around);
      for (const key of Object.keys(part)) {
        if (!isList && key.length >= shortest) texts.add(key);
        const isBelow = secret || (!isList && isSecretKey(key)) || isHeld?.(key) === true;
        gather((part as Record<string, unknown>)[key], isBelow, depth + 1, part);
      }
    }
  };
  const read = (batch: string) => {
    if (whole.size === most) return;
    try {
      readText(batch, nothingKnown, note);
    } catch {
      // A word of megabytes, which no regular expression takes: `text` leaves nothing of it anywhere.
    }
  };
  gather(value, false, 0);
  let batch = '';
  for (const text of texts) {
    batch += text + between;
    if (batch.length < together) continue;
    read(batch);
    batch = '';
    await setImmediate();
  }
  read(batch);
  const segments = [...whole].flatMap((secret) => secret.split(joint)).filter(isSegment);
  return [...new Set([...whole, ...segments].flatMap(inPieces))].slice(0, most);
}

function isSegment(segment: string): boolean {
  return segment.length >= shortestSegment && looksRandom(segment);
}

function inPieces(secret: string): string[] {
  const count = Math.ceil(secret.length / longest);
  // All of the same length: none is too short to be distinguished from other text.
  const length = Math.ceil(secret.length / count);
  return Array.from({ length: count }, (_, index) => secret.slice(index * length, (index + 1) * length));
}
