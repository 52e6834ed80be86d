import { type Finding, type ImplementationAnswer, type QualityAnswer, timesOf } from '@agento/contracts';
import { holds } from './passage.ts';
import type { Revision } from './revision.ts';

/** Every criterion is judged once. */
function everyCriterion(judged: string[], criteria: { id: string }[], pointer: string): Finding[] {
  const times = timesOf(judged);
  const known = new Set(criteria.map(({ id }) => id));
  return [
    ...criteria
      .filter(({ id }) => times(id) !== 1)
      .map(({ id }) => ({ pointer, detail: `must judge ${id} once` })),
    ...judged.flatMap((id, index) =>
      known.has(id) ? [] : [{ pointer: `${pointer}/${index}/criterion_id`, detail: 'is no criterion' }],
    ),
  ];
}

/** A judgement of an attempt: whole, in accord with itself, and its evidence stands in the text it is quoted from. */
export function checkImplementation(
  answer: ImplementationAnswer,
  { criteria, request }: Revision,
  text: string,
  suggestions: { id: string }[],
): Finding[] {
  const found = everyCriterion(
    answer.criteria_fulfillment.map(({ criterion_id }) => criterion_id),
    criteria,
    '/criteria_fulfillment',
  );
  const allMet = request.targeted_criteria.every((target) =>
    answer.criteria_fulfillment.some(
      ({ criterion_id, status }) => criterion_id === target && status === 'fully_met',
    ),
  );
  if (answer.meets_criteria !== allMet) {
    found.push({
      pointer: '/meets_criteria',
      detail: `must be ${allMet}: true exactly when every targeted criterion is fully_met`,
    });
  }
  const open = answer.improvement_suggestions.length;
  if (allMet && open > 0) {
    found.push({ pointer: '/improvement_suggestions', detail: 'must be empty when the criteria are met' });
  }
  if (!allMet && open === 0) {
    found.push({ pointer: '/improvement_suggestions', detail: 'must say what is missing' });
  }
  return [...found, ...checkFeedback(answer, text, suggestions)];
}

function checkFeedback(
  { feedback }: ImplementationAnswer,
  text: string,
  suggestions: { id: string }[],
): Finding[] {
  const times = timesOf(feedback.map(({ suggestion_id }) => suggestion_id));
  const known = new Set(suggestions.map(({ id }) => id));
  const found = suggestions
    .filter(({ id }) => times(id) !== 1)
    .map(({ id }) => ({ pointer: '/feedback', detail: `must say once whether ${id} was taken up` }));
  feedback.forEach(({ suggestion_id, status, evidence }, index) => {
    const pointer = `/feedback/${index}`;
    if (!known.has(suggestion_id)) {
      found.push({ pointer: `${pointer}/suggestion_id`, detail: 'is no suggestion' });
    } else if (times(suggestion_id) > 1) {
      // Said above, and not paid for: each passage is looked for in the whole text.
      return;
    } else if (status === 'ignored' ? evidence !== '' : evidence.trim() === '' || !holds(text, evidence)) {
      const detail =
        status === 'ignored'
          ? 'must be empty for an ignored suggestion'
          : 'must be a passage of revised_text, copied character for character';
      found.push({ pointer: `${pointer}/evidence`, detail });
    }
  });
  return found;
}

export function checkQualityAnswer(
  { criteria: judged, summary }: QualityAnswer,
  criteria: { id: string }[],
): Finding[] {
  const found = everyCriterion(
    judged.map(({ criterion_id }) => criterion_id),
    criteria,
    '/criteria',
  );
  if (!summary.trim()) found.push({ pointer: '/summary', detail: 'must not be empty' });
  return found;
}
