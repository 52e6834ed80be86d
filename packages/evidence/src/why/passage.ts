import { percent } from '../percent.ts';
import type { ItemText, RunReading } from '../reading/index.ts';
import { NotShownError } from '../show/find.ts';
import { lettersOf, type Match, occurrenceIn } from './occurrence.ts';
import { placesIn } from './places.ts';
import { similarity } from './similarity.ts';

/** Where a passage stands, and how surely it is the one meant. */
export interface Passage {
  /** What says it, as a chain of evidence has it: `text p1-i1-a0`, `plan p1`, `goal`, `step <span>`. */
  key: string;
  /** The same in words. */
  where: string;
  /** Null where it does not stand in the text of an item. */
  text: ItemText | null;
  /** As it stands there. */
  sentence: string;
  match: Match;
  /** 1, or the share of words in common (Dice), above 0 and at most 1. */
  similarity: number;
}

/** A passage, and where else it stands: as surely, or more surely than by most of its words. */
export interface FoundPassage extends Passage {
  others: Passage[];
}

/** Below this two sentences have little to do with each other. */
const leastSimilarity = 0.5;

/**
 * The passage as it stands most surely: of those in texts of items in one that is in the final plan, if any, and then the
 * earliest of that item that has it; else in the goal, the search, a limit, a criterion, an outline, a request, a
 * suggestion, a verdict, an answer or a prompt.
 *
 * @param named the id of an item or a text; only there it is looked for
 * @throws NotShownError if nothing says it
 */
export function passageIn(reading: RunReading, wanted: string, named?: string): FoundPassage {
  if (lettersOf(wanted) === '') throw new NotShownError('--text needs words to look for.');
  const all = reading.items.flatMap(({ texts }) => texts);
  const texts = all.filter(({ id, item_id }) => [undefined, id, item_id].includes(named));
  const places = named === undefined ? placesIn(reading) : [];
  if (texts.every(({ text }) => text.value === null) && places.every((place) => place.texts.length === 0)) {
    const why = [...new Set(texts.map(({ text }) => text.state))].join(', ') || 'no item was written';
    throw new NotShownError(`This trace holds no text to look in: ${why}.`);
  }
  const standing = [
    ...texts.flatMap((text) => passagesIn(text, wanted)),
    ...places.flatMap(({ key, where, texts }) => {
      const [found] = texts.flatMap((text) => occurrenceIn(text, wanted) ?? []);
      return found ? [{ key, where, text: null, ...found, similarity: 1 }] : [];
    }),
  ];
  const inTexts = standing.filter(({ text }) => text !== null);
  const alike = () => texts.flatMap((text) => alikeIn(text, wanted));
  const found = inTexts.length > 0 ? inTexts : standing.length > 0 ? standing : alike();
  const best = Math.max(0, ...found.map(rankOf));
  const first = found.filter((passage) => rankOf(passage) === best);
  const nearest = first.find(({ text }) => text?.is_final) ?? first[0];
  if (!nearest || nearest.similarity < leastSimilarity) {
    const near =
      nearest && nearest.similarity > 0
        ? ` The nearest, ${percent(nearest.similarity)} of its words: “${nearest.sentence}” (${nearest.where}).`
        : '';
    throw new NotShownError(`No text in this run says that.${near}`);
  }
  const taken = earliest(nearest, texts);
  const others = new Map<string, Passage>();
  for (const other of standing.length > 0 ? standing : first) {
    if (other.key !== taken.key && !others.has(other.key)) others.set(other.key, other);
  }
  return { ...taken, others: [...others.values()] };
}

function rankOf({ match, similarity }: Passage): number {
  return match === 'exact' ? 3 : match === 'normalised' ? 2 : similarity;
}

/** The same in the earliest text of its item that has it. */
function earliest(passage: Passage, texts: ItemText[]): Passage {
  if (!passage.text) return passage;
  const { item_id } = passage.text;
  const first = texts.find(
    (text) => text.item_id === item_id && occurrenceIn(text.text.value ?? '', passage.sentence) !== null,
  );
  return first ? { ...passage, ...placeOf(first) } : passage;
}

function passagesIn(text: ItemText, wanted: string): Passage[] {
  const found = occurrenceIn(text.text.value ?? '', wanted);
  return found ? [{ ...placeOf(text), ...found, similarity: 1 }] : [];
}

/** Its sentences, with how much they have in common with this. */
function alikeIn(text: ItemText, wanted: string): Passage[] {
  const sentences = new Intl.Segmenter('en', { granularity: 'sentence' }).segment(text.text.value ?? '');
  return [...sentences].flatMap(({ segment }) => {
    const sentence = segment.trim();
    if (lettersOf(sentence) === '') return [];
    return { ...placeOf(text), sentence, match: 'by words', similarity: similarity(sentence, wanted) };
  });
}

function placeOf(text: ItemText): Pick<Passage, 'key' | 'where' | 'text'> {
  const fate = text.is_final ? ', in the final plan' : '';
  return { key: `text ${text.id}`, where: `${text.id}${fate}`, text };
}
