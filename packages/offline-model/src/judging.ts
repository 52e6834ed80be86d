import { type Brief, concerns } from './brief.ts';
import { type Coverage, coverage } from './language/coverage.ts';

/**
 * How an item relates to a criterion. `others`: the criterion is left to other items, which does not count against this
 * one.
 */
export type Judgement = Coverage & { others: boolean };

/** The basis of every verdict: the words of title and text, unless the criterion belongs to other items. */
export function judge(brief: Brief, criterion: string, title: string, text: string): Judgement {
  const found = coverage(criterion, brief.goal, `${title}\n${text}`);
  const others = found.status !== 'fully_met' && !concerns(brief, criterion, title);
  return { ...found, status: others ? 'fully_met' : found.status, others };
}
