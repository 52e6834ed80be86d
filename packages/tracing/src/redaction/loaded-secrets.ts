import type { Passage } from './found.ts';

/** Shorter ones would be found by chance in ordinary text. */
const shortest = 8;
const rule = 'loaded-secret';
export type LoadedSecretReader = (text: string, passages: Passage[]) => void;

const gap = '(?:(?:\\\\+r)?\\\\+n[ \\t]*|\\r?\\n[ \\t]*)?';

const quoteForPattern = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
const jsonEscaped = (text: string) => JSON.stringify(text).slice(1, -1);

/** The three ways in which base64 can show a text, by where it begins in the encoded bytes, less its edges. */
function base64Forms(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [0, 1, 2].flatMap((offset) => {
    const whole = Buffer.concat([Buffer.alloc(offset), bytes]);
    const first = Math.ceil((offset * 8) / 6);
    const last = Math.floor((whole.length * 8) / 6);
    const form = whole.toString('base64').slice(first, last);
    return [form, form.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

/** The secret as itself and as the string it becomes in JSON, in JSON within JSON, and one deeper. */
function plainForms(secret: string): string[] {
  const escaped = jsonEscaped(secret);
  const twice = jsonEscaped(escaped);
  return [secret, escaped, twice, jsonEscaped(twice)];
}

function encodedForms(secret: string): string[] {
  const urlEncoded = encodeURIComponent(secret.toWellFormed());
  return [urlEncoded, urlEncoded.replaceAll('%20', '+'), ...base64Forms(secret)];
}

/**
 * A reader that finds exactly these secrets: as they are, JSON-escaped, URL-encoded and in base64, and the
 * first two also with line breaks inside. Secrets shorter than eight characters are ignored.
 */
export function createLoadedSecretReader(secrets: string[]): LoadedSecretReader {
  const known = secrets.filter((secret) => secret.length >= shortest);
  const plain = new Set(known.flatMap(plainForms));
  const encoded = new Set(known.flatMap(encodedForms)).difference(plain);
  // One line break leaves one half whole, so the slower search is only made where a half is seen.
  const searches = [...plain].map((form) => {
    const middle = form.length >> 1;
    const pattern = new RegExp([...form].map(quoteForPattern).join(gap), 'g');
    return { clues: [form.slice(0, middle), form.slice(middle)], pattern };
  });
  for (const form of encoded) {
    if (form.length >= shortest)
      searches.push({ clues: [form], pattern: new RegExp(quoteForPattern(form), 'g') });
  }
  return (text, passages) => {
    for (const { clues, pattern } of searches) {
      if (!clues.some((clue) => text.includes(clue))) continue;
      for (const match of text.matchAll(pattern)) {
        passages.push({ start: match.index, end: match.index + match[0].length, rule });
      }
    }
  };
}
