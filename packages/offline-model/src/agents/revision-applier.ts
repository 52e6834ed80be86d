import type { RevisedTextAnswer, StepInputs } from '@agento/contracts';
import { clausesOf, knowledge, topicOf } from '../knowledge.ts';
import { hash } from '../language/hash.ts';
import { coverSentence, join, partSentence } from '../writing.ts';

/**
 * Rules. A sentence for each targeted criterion is worked into the text. The last one the text says nothing
 * of yet is taken up in part only, when the request targets several, and else in two items of three.
 */
export function revisionApplier(input: StepInputs['revision_apply']): RevisedTextAnswer {
  const { goal, criteria, item, revision_request: request } = input;
  const known = knowledge(goal);
  const { topic } = topicOf(known, item.item_title, item.item_description);
  const text = item.item_description;
  const targeted = criteria
    .filter(({ id }) => request.targeted_criteria.includes(id))
    .map((criterion) => clausesOf(known, criterion.criteria));
  const hasty = targeted.length > 1 || hash(goal, item.item_title) % 3 > 0;
  const open = hasty ? targeted.findLast((clauses) => partSentence(clauses, text) !== '') : undefined;
  const added = targeted.map((clauses) =>
    clauses === open ? partSentence(clauses, text) : coverSentence(clauses, topic, text, true),
  );
  return { revised_text: insert(text, join(added)) };
}

/** Puts sentences before the last paragraph, or after the only one. */
export function insert(text: string, added: string): string {
  if (added === '') return text;
  const paragraphs = text.split('\n\n');
  const at = Math.max(1, paragraphs.length - 1);
  return [...paragraphs.slice(0, at), added, ...paragraphs.slice(at)].join('\n\n');
}
