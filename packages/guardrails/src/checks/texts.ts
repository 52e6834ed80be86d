import { type Finding, holds, plain } from '@agento/contracts';
import type { Path } from '../path.ts';
import { compilePattern } from '../pattern.ts';
import type { Check } from '../schema.ts';
import type { Test } from './check.ts';
import { quotedIn } from './quoted.ts';

type Of<K extends Check['kind']> = Extract<Check, { kind: K }>;
interface Text {
  pointer: string;
  text: string;
}

/** A longer text takes too long to search: it is found wanting unread. In characters. */
const mostSearched = 131_072;

export function textsAt(path: Path, value: unknown): Text[] {
  return path
    .read(value)
    .flatMap(({ pointer, value }) => (typeof value === 'string' ? [{ pointer, text: value }] : []));
}

/** Whoever quotes a passage that has a quotation in it changes its marks. */
const comparable = (text: string) => plain(text).replaceAll('"', "'");

const wordsIn = (text: string) => text.match(/\S+/g)?.length ?? 0;

export function textTest({ least_words = 1, most_words }: Of<'text'>, path: Path): Test {
  return ({ answer }) =>
    textsAt(path, answer).flatMap(({ pointer, text }): Finding[] => {
      const words = wordsIn(text);
      if (words === 0) return [{ pointer, detail: 'must not be empty or blank' }];
      if (words < least_words)
        return [{ pointer, detail: `has ${words} words: it must have at least ${least_words}` }];
      return most_words !== undefined && words > most_words
        ? [{ pointer, detail: `has ${words} words: it must have at most ${most_words}` }]
        : [];
    });
}

export function quoteTest(
  { source, whole = false, least_words = 3 }: Of<'quote'>,
  path: Path,
  sources: Path[],
): Test {
  const where = source.join(' or ');
  return ({ answer, input }) => {
    const texts = sources.flatMap((from) => textsAt(from, input)).map(({ text }) => comparable(text));
    const stands = (passage: string) => {
      // A quotation may end with a sign of the sentence it stands in.
      const words = comparable(passage).replace(/[.,;:!?…]{1,3}$/, '');
      return wordsIn(words) >= least_words && texts.some((text) => holds(text, words));
    };
    return textsAt(path, answer).flatMap(({ pointer, text }): Finding[] => {
      if (whole ? stands(text) : quotedIn(text).some(stands)) return [];
      const detail = whole
        ? `must be a verbatim passage of ${where}, of at least ${least_words} words`
        : `must quote a verbatim passage of ${where} in quotation marks, of at least ${least_words} words`;
      return [{ pointer, detail }];
    });
  };
}

/** @throws PatternError for a pattern that cannot be searched in linear time */
export function patternTest(
  { forbid = [], require = [], ignore_case = true }: Of<'pattern'>,
  path: Path | null,
): Test {
  const compiled = (patterns: string[]) =>
    patterns.map((pattern) => ({ pattern, finds: compilePattern(pattern, { ignoreCase: ignore_case }) }));
  const [forbidden, required] = [compiled(forbid), compiled(require)];
  return ({ answer }) => {
    const texts = path ? textsAt(path, answer) : allTexts(answer, '');
    return [
      ...texts.flatMap(({ pointer, text }) =>
        foundIn(text, forbidden).map((detail) => ({ pointer, detail })),
      ),
      ...(path
        ? texts.flatMap(({ pointer, text }) =>
            lackingIn([text], required).map((detail) => ({ pointer, detail })),
          )
        : lackingIn(
            texts.map(({ text }) => text),
            required,
          ).map((detail) => ({ pointer: '', detail }))),
    ];
  };
}

type Patterns = { pattern: string; finds(text: string): boolean }[];

function foundIn(text: string, forbidden: Patterns): string[] {
  if (forbidden.length > 0 && text.length > mostSearched)
    return [`has ${text.length} characters: one of over ${mostSearched} is not searched`];
  return forbidden
    .filter(({ finds }) => finds(text))
    .map(({ pattern }) => `holds what it must not hold: ${pattern}`);
}

function lackingIn(texts: string[], required: Patterns): string[] {
  return required
    .filter(({ finds }) => !texts.some((text) => text.length <= mostSearched && finds(text)))
    .map(({ pattern }) => `holds nothing of what it must hold: ${pattern}`);
}

function allTexts(value: unknown, pointer: string): Text[] {
  if (typeof value === 'string') return [{ pointer, text: value }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, entry]) => allTexts(entry, `${pointer}/${key}`));
}
