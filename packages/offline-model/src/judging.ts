import { type Brief, concerns } from './brief.ts';
import { type Coverage, coverage } from './language/coverage.ts';

/** How an item stands to a criterion. `others`: it is left to other items, which is no fault of this one. */
export type Judgement = Coverage & { others: boolean };

/** Every verdict is this one: by the words of title and text, unless the criterion is other items' part. */
export function judge(brief: Brief, criterion: string, title: string, text: string): Judgement {
  const found = coverage(criterion, brief.goal, `${title}\n${text}`);
  const others = found.status !== 'fully_met' && !concerns(brief, criterion, title);
  return { ...found, status: others ? 'fully_met' : found.status, others };
}
