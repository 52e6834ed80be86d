import { quoted, sentences, shorten } from './text.ts';
import { contentWords } from './words.ts';

/** From this share of a criterion's key terms on, a text covers the criterion. */
export const coveredFrom = 0.6;
/** From this share on, it covers it in part. */
export const partlyFrom = 0.3;

export type Status = 'fully_met' | 'partially_met' | 'not_met';

/** The value of a status in a mean. */
export const worth: Record<Status, number> = { fully_met: 1, partially_met: 0.5, not_met: 0 };

/** How much of a criterion a text contains; `found` and `missing` are the criterion's own words. */
export interface Coverage {
  share: number;
  status: Status;
  found: string[];
  missing: string[];
}

/** The criterion's key terms: its content words except those of the goal, which every text of a run repeats. */
function keyTerms(criterion: string, goal: string): Map<string, string> {
  const all = contentWords(criterion.slice(0, 4000));
  const known = contentWords(goal.slice(0, 2000));
  const own = new Map([...all].filter(([key]) => !known.has(key)));
  return own.size >= 3 ? own : new Map(all);
}

export function coverage(criterion: string, goal: string, text: string): Coverage {
  const words = contentWords(text);
  const found: string[] = [];
  const missing: string[] = [];
  for (const [key, word] of keyTerms(criterion, goal)) {
    (words.has(key) ? found : missing).push(word.slice(0, 40));
  }
  const total = found.length + missing.length;
  const share = total === 0 ? 1 : found.length / total;
  const status = share >= coveredFrom ? 'fully_met' : share >= partlyFrom ? 'partially_met' : 'not_met';
  return { share, status, found, missing };
}

/** The sentence of the text that says most about the criterion, verbatim; '' if none does. */
export function passage(criterion: string, goal: string, text: string): string {
  const terms = keyTerms(criterion, goal);
  let best = '';
  let most = 0;
  for (const sentence of sentences(text)) {
    const words = contentWords(sentence);
    let count = 0;
    for (const key of terms.keys()) if (words.has(key)) count++;
    if (count > most) {
      best = sentence;
      most = count;
    }
  }
  return best.slice(0, 400);
}

/** A criterion's text, short enough to be quoted in a sentence. */
export function quote(criterion: string): string {
  return quoted(shorten(criterion, 180).replace(/\.$/, ''));
}
