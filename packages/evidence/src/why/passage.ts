import { percent } from '../percent.ts';
import type { ItemText, RunReading } from '../reading/index.ts';
import { NotShownError } from '../show/find.ts';

/** Where a passage stands, and how surely it is the one meant. */
export interface Passage {
  text: ItemText;
  /** As it stands there. */
  sentence: string;
  match: 'exact' | 'normalised' | 'by words';
  /** 1, or the share of words in common (Dice), above 0 and at most 1. */
  similarity: number;
}

/** Below this two sentences have little to do with each other. */
const leastSimilarity = 0.5;

/**
 * The text that first had this passage, of those of the item in whose final text it stands; else of any item.
 *
 * @throws NotShownError if no text has it, or texts of several items do
 */
export function passageIn(reading: RunReading, wanted: string, itemId?: string): Passage {
  const texts = reading.items
    .filter(({ id }) => itemId === undefined || id === itemId)
    .flatMap((item) => item.texts);
  if (!normal(wanted)) throw new NotShownError('--text needs words to look for.');
  if (texts.every(({ text }) => text.value === null)) {
    const why = [...new Set(texts.map(({ text }) => text.state))].join(', ') || 'no item was written';
    throw new NotShownError(`This trace holds no text to look in: ${why}.`);
  }
  const found = texts.flatMap((text) => passagesIn(text, wanted));
  const best = Math.max(0, ...found.map(rankOf));
  const first = found.filter((passage) => rankOf(passage) === best);
  const final = first.filter(({ text }) => text.is_final);
  const [nearest, ...others] = final.length > 0 ? final : first;
  if (!nearest || nearest.similarity < leastSimilarity) {
    const near =
      nearest && nearest.similarity > 0
        ? ` The nearest, ${percent(nearest.similarity)} of its words: “${nearest.sentence}” (${nearest.text.id}).`
        : '';
    throw new NotShownError(`No text in this run says that.${near}`);
  }
  const items = [...new Set([nearest, ...others].map(({ text }) => text.item_id))];
  if (items.length > 1) {
    throw new NotShownError(
      `Texts of several items say that: ${items.join(', ')}. Name one: \`why <run> ${items[0]} --text …\`.`,
    );
  }
  const earliest = texts.find(
    ({ item_id, text }) => item_id === nearest.text.item_id && has(text.value ?? '', nearest.sentence),
  );
  return { ...nearest, text: earliest ?? nearest.text };
}

const rankOf = ({ match, similarity }: Passage) =>
  match === 'exact' ? 3 : match === 'normalised' ? 2 : similarity;

function passagesIn(text: ItemText, wanted: string): Passage[] {
  const { value } = text.text;
  if (value === null) return [];
  if (value.includes(wanted)) return [{ text, sentence: wanted, match: 'exact', similarity: 1 }];
  const sentences = [...new Intl.Segmenter('en', { granularity: 'sentence' }).segment(value)]
    .map(({ segment }) => segment.trim())
    .filter((sentence) => normal(sentence) !== '');
  const same = sentences.find((sentence) => has(sentence, wanted));
  if (same) return [{ text, sentence: same, match: 'normalised', similarity: 1 }];
  return sentences.map((sentence) => ({
    text,
    sentence,
    match: 'by words',
    similarity: similarity(sentence, wanted),
  }));
}

/** Whether a text has these words in this order, whatever stands between them. */
export function has(text: string, passage: string): boolean {
  return ` ${normal(text)} `.includes(` ${normal(passage)} `);
}

/** Words alone, in lower case. */
function normal(text: string): string {
  return (
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  ).join(' ');
}

/** The share of words in common (Dice), 0 to 1. */
export function similarity(one: string, other: string): number {
  const [left, right] = [new Set(normal(one).split(' ')), new Set(normal(other).split(' '))];
  return (2 * left.intersection(right).size) / (left.size + right.size);
}
