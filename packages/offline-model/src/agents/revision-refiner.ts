import type { RevisedTextAnswer, StepInputs } from '@agento/contracts';
import { clausesOf, knowledge, oneIn, topicOf } from '../knowledge.ts';
import { coverage, coveredFrom } from '../language/coverage.ts';
import { join } from '../writing.ts';
import { revise } from './revision-applier.ts';

/**
 * Rules. Every targeted criterion the text does not cover yet is covered now; in one item of eight (by the
 * hash of goal and title) the last of them is only put on the agenda, and stays open.
 */
export function revisionRefiner(input: StepInputs['revision_refinement']): RevisedTextAnswer {
  const { goal, criteria, item, revision_request: request, previous_text: text } = input;
  const known = knowledge(goal);
  const { topic } = topicOf(known, item.item_title, item.item_description);
  const open = criteria
    .filter(({ id }) => request.targeted_criteria.includes(id))
    .filter(
      ({ criteria: words }) => coverage(words, goal, `${item.item_title}\n${text}`).share < coveredFrom,
    );
  const late = oneIn(8, goal, item.item_title) ? open.at(-1) : undefined;
  const taken = open
    .filter((criterion) => criterion !== late)
    .map(({ criteria: words }) => clausesOf(known, words));
  const put = late
    ? `What remains open of the requested revision goes onto the agenda of ${topic.owner}.`
    : '';
  return { revised_text: join([revise(text, taken, topic), put], '\n\n') };
}
