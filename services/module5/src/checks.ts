import { type Finding, holds, type ImplementationAnswer, type QualityAnswer } from '@agento/contracts';
import type { Revision } from './revision.ts';

/** Every targeted criterion is fully met. */
export function meetsCriteria(
  { criteria_fulfillment }: Pick<ImplementationAnswer, 'criteria_fulfillment'>,
  { request }: Revision,
): boolean {
  const met = criteria_fulfillment
    .filter(({ status }) => status === 'fully_met')
    .map(({ criterion_id }) => criterion_id);
  return request.targeted_criteria.every((target) => met.includes(target));
}

/** Checks that a judgement of an attempt is consistent, and that its evidence is quoted from the attempt's text. */
export function checkImplementation(
  answer: ImplementationAnswer,
  revision: Revision,
  text: string,
): Finding[] {
  const found: Finding[] = [];
  const allMet = meetsCriteria(answer, revision);
  const open = answer.improvement_suggestions.length;
  if (allMet && open > 0) {
    found.push({
      pointer: '/improvement_suggestions',
      detail: 'must be empty when every targeted criterion is fully_met',
    });
  }
  if (!allMet && open === 0) {
    found.push({ pointer: '/improvement_suggestions', detail: 'must say what is missing' });
  }
  answer.feedback.forEach(({ status, evidence }, index) => {
    const detail = passageProblem(
      [text],
      evidence,
      status === 'ignored',
      'an ignored suggestion',
      'revised_text',
    );
    if (detail) found.push({ pointer: `/feedback/${index}/evidence`, detail });
  });
  return found;
}

/** Checks that the plan's judgement is not empty, and quotes the plan where it rates a constraint. */
export function checkQualityAnswer(answer: QualityAnswer, items: { item_description: string }[]): Finding[] {
  const texts = items.map(({ item_description }) => item_description);
  const found = answer.constraints.flatMap(({ status, passage }, index): Finding[] => {
    const detail = passageProblem(
      texts,
      passage,
      status === 'not_shown',
      'a constraint that is not_shown',
      "an item's item_description",
    );
    return detail ? [{ pointer: `/constraints/${index}/passage`, detail }] : [];
  });
  if (!answer.summary.trim()) found.push({ pointer: '/summary', detail: 'must not be empty' });
  return found;
}

function passageProblem(
  texts: string[],
  passage: string,
  isEmpty: boolean,
  emptyFor: string,
  source: string,
): string | null {
  if (isEmpty) return passage === '' ? null : `must be empty for ${emptyFor}`;
  if (passage.trim() !== '' && texts.some((text) => holds(text, passage))) return null;
  return `must be a verbatim passage of ${source}`;
}
