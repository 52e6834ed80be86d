import type { Brief } from './brief.ts';
import { isPlain, sentences } from './language/text.ts';
import { overlap } from './language/words.ts';

let last: { context: string; found: string[] } = { context: '', found: [] };

/** Sentences of the context that can be quoted within another, from its first 16 KiB, without the full stop. */
export function sentencesOf(context: string): string[] {
  const start = context.slice(0, 16_384);
  if (last.context !== start) {
    const found = sentences(start)
      .map((sentence) => sentence.slice(0, 200).replace(/^[\s\-*•#>]+/, ''))
      .filter((sentence) => sentence.length >= 25 && sentence.length <= 150 && sentence.endsWith('.'))
      .map((sentence) => sentence.slice(0, -1).replace(/["“”]/g, '’'))
      .filter((sentence) => isPlain(sentence) && !/[.!?:]/.test(sentence));
    last = { context: start, found: [...new Set(found)].slice(0, 60) };
  }
  return last.found;
}

/**
 * For each text the sentence of the context that sets no limit and shares most words with it, apart from those of the
 * goal; none twice, and '' if none shares any.
 */
export function quotesFor({ goal, limits }: Brief, context: string, texts: readonly string[]): string[] {
  const left = new Set(
    sentencesOf(context).filter((sentence) => !limits.some(({ quote }) => sentence.includes(quote))),
  );
  return texts.map((text) => {
    let best = '';
    let most = 0;
    for (const sentence of left) {
      const shared = overlap(sentence, text) - overlap(sentence, goal.slice(0, 600));
      if (shared > most) [best, most] = [sentence, shared];
    }
    left.delete(best);
    return best;
  });
}
