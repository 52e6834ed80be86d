import type { RevisedTextAnswer, StepInputs } from '@agento/contracts';
import type { Topic } from '../domains/domain.ts';
import { type Clauses, clausesOf, knowledge, oneIn, topicOf } from '../knowledge.ts';
import { coverage, coveredFrom } from '../language/coverage.ts';
import { join, partSentence, workIn } from '../writing.ts';

/**
 * Rules. Each targeted criterion is worked into the text. But in three items of four (by the hash of goal
 * and title), and always where several are targeted, one of them is taken up in part only: the last that
 * the other words of the text do not cover by chance.
 */
export function revisionApplier(input: StepInputs['revision_apply']): RevisedTextAnswer {
  const { goal, criteria, item, revision_request: request } = input;
  const known = knowledge(goal);
  const { topic } = topicOf(known, item.item_title, item.item_description);
  const text = item.item_description;
  const targeted = criteria
    .filter(({ id }) => request.targeted_criteria.includes(id))
    .map((criterion) => ({ criterion: criterion.criteria, clauses: clausesOf(known, criterion.criteria) }));
  const whole = revise(
    text,
    targeted.map(({ clauses }) => clauses),
    topic,
  );
  if (targeted.length < 2 && oneIn(4, goal, item.item_title)) return { revised_text: whole };
  for (const { criterion, clauses } of targeted.toReversed()) {
    const others = targeted.filter((entry) => entry.clauses !== clauses).map((entry) => entry.clauses);
    const draft = insert(revise(text, others, topic), partSentence(clauses, text));
    const open = coverage(criterion, goal, `${item.item_title}\n${draft}`).share < coveredFrom;
    if (open && draft !== text) return { revised_text: draft };
  }
  return { revised_text: whole };
}

/** The text with each of the criteria worked in. */
export function revise(text: string, targeted: readonly Clauses[], topic: Topic): string {
  let revised = text;
  const added = targeted.map((clauses, turn) => {
    const worked = workIn(revised, clauses, { topic, turn, revised: true });
    revised = worked.text;
    return worked.added;
  });
  return insert(revised, join(added));
}

/** Puts sentences before the last paragraph, or after the only one. */
function insert(text: string, added: string): string {
  if (added === '') return text;
  const paragraphs = text.split('\n\n');
  const at = Math.max(1, paragraphs.length - 1);
  return [...paragraphs.slice(0, at), added, ...paragraphs.slice(at)].join('\n\n');
}
