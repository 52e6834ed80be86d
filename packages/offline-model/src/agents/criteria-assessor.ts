import type { AssessmentAnswer, StepInputs } from '@agento/contracts';
import { coverage, quote } from '../language/coverage.ts';
import { list } from '../language/text.ts';

/** Rule: every failed verdict is a shortfall, and its reason is what the text does not say. */
export function criteriaAssessor({
  goal,
  criteria,
  item,
  verdicts,
}: StepInputs['deficiency_analysis']): AssessmentAnswer {
  const failed = verdicts.filter(({ result }) => result === 'fail').map(({ criterion_id }) => criterion_id);
  const shortfalls = criteria
    .filter(({ id }) => failed.includes(id))
    .map(({ id, criteria: text }) => {
      const { missing, found } = coverage(text, goal, `${item.item_title}\n${item.item_description}`);
      return {
        criterion_id: id,
        reason: `“${item.item_title}” ${found.length > 2 ? 'begins to answer' : 'leaves aside'} ${quote(text)}: ${list(missing.slice(0, 5)) || 'little'} ${missing.length === 1 ? 'is' : 'are'} absent.`,
      };
    });
  return {
    summary: `“${item.item_title}” satisfies ${verdicts.length - failed.length} of ${verdicts.length} criteria and falls short on ${list(failed) || 'none'}.`,
    shortfalls,
  };
}
