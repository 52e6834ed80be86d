import type { RevisionRequestAnswer, StepInputs } from '@agento/contracts';
import { clausesOf, knowledge } from '../knowledge.ts';
import { quote } from '../language/coverage.ts';
import { list } from '../language/text.ts';

/** Rule: one request for the shortfalls, at most three, that says what is to be written into the item. */
export function revisionRequester(input: StepInputs['revision_generation']): RevisionRequestAnswer {
  const { goal, criteria, item, assessment } = input;
  const known = knowledge(goal);
  const short = assessment.shortfalls.map(({ criterion_id }) => criterion_id);
  const named = criteria.filter(({ id }) => short.includes(id)).slice(0, 3);
  const targeted = named.length ? named : criteria.slice(0, 1);
  const asks = targeted.map(({ criteria: text }) => {
    const { first, second } = clausesOf(known, text);
    return `State that ${first}, and that ${second}.`;
  });
  return {
    revision_request_content: `Rework “${item.item_title}” without altering who answers for it or its date. ${asks.join(' ')}`,
    reasoning: `The text leaves ${list(targeted.map(({ criteria: text }) => quote(text)))} open; a sentence that can be checked closes ${targeted.length === 1 ? 'it' : 'each'}.`,
    targeted_criteria: targeted.map(({ id }) => id),
  };
}
