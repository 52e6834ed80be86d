import type { AssessmentAnswer, deficiencyAnalysis, InputOf } from '@agento/contracts';
import { coverage, partlyFrom, quote } from '../language/coverage.ts';
import { list, quoted } from '../language/text.ts';

/** Rule: every failed verdict is a shortfall, and its reason is what the text does not mention. */
export function criteriaAssessor({
  goal,
  criteria,
  item,
  verdicts,
}: InputOf<typeof deficiencyAnalysis>): AssessmentAnswer {
  const failed = verdicts.filter(({ result }) => result === 'fail').map(({ criterion_id }) => criterion_id);
  const passed = verdicts.filter(({ result }) => result === 'pass').length;
  const title = quoted(item.item_title, 120);
  const shortfalls = criteria
    .filter(({ id }) => failed.includes(id))
    .map(({ id, criteria: text }) => {
      const { share, missing } = coverage(text, goal, `${item.item_title}\n${item.item_description}`);
      const lacking = list(missing.slice(0, 5)) || 'the substance';
      return {
        criterion_id: id,
        reason: `${title} ${share >= partlyFrom ? 'only begins to provide for' : 'leaves aside'} ${quote(text)}: it says nothing of ${lacking}.`,
      };
    });
  return {
    shortfalls,
    summary: `${title} satisfies ${passed} of ${verdicts.length} criteria and falls short on ${list(failed.slice(0, 12)) || 'none'}.`,
  };
}
