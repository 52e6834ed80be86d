import type { InputOf, RevisionRequestAnswer, revisionGeneration } from '@agento/contracts';
import { briefOf, clausesOf, topicOf } from '../brief.ts';
import { quote } from '../language/coverage.ts';
import { list, quoted } from '../language/text.ts';

/** Rule: one request for the shortfalls, up to three, that says what to write into the item. */
export function revisionRequester(input: InputOf<typeof revisionGeneration>): RevisionRequestAnswer {
  const { criteria, item, assessment } = input;
  const brief = briefOf(input);
  const { part } = topicOf(brief, item.item_title, item.item_description);
  const short = assessment.shortfalls.map(({ criterion_id }) => criterion_id);
  const named = criteria.filter(({ id }) => short.includes(id)).slice(0, 3);
  const targeted = named.length ? named : criteria.slice(0, 1);
  const asks = targeted.map(({ criteria: text }) => {
    const { first, second } = clausesOf(brief, text, part);
    return `State that ${first}, and that ${second}.`;
  });
  return {
    reasoning: `The text leaves ${list(targeted.map(({ criteria: text }) => quote(text)))} open; a sentence that can be checked closes ${targeted.length === 1 ? 'it' : 'each'}.`,
    targeted_criteria: targeted.map(({ id }) => id),
    revision_request_content: `Rework ${quoted(item.item_title, 120)}. ${asks.join(' ')} Steps, date and measure stay as they are.`,
  };
}
