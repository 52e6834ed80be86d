import type { ApprovalAnswer, StepInputs } from '@agento/contracts';
import { coverage, coveredFrom, passage, quote } from '../language/coverage.ts';
import { sentences, shorten } from '../language/text.ts';

const settledWords = /cannot be reopened/i;
const costWords = /\b(?:costs?|budget|spending|expens\w*|euros?)\b/i;

type Impact = ApprovalAnswer['impact_assessment'][number];

/**
 * Rules. A request is rejected when the item says that its scope cannot be reopened, or when it targets
 * more than three criteria at once; every other is approved. A targeted criterion that the text does not
 * cover improves; the first one on money that is not targeted worsens, because what is added costs;
 * nothing else changes.
 */
export function revisionEvaluator(input: StepInputs['revision_validation']): ApprovalAnswer {
  const { goal, criteria, item, revision_request: request } = input;
  const text = `${item.item_title}\n${item.item_description}`;
  const settled = sentences(item.item_description).find((sentence) => settledWords.test(sentence));
  const crowded = request.targeted_criteria.length > 3;
  const approved = settled === undefined && !crowded;
  const dearer = criteria.find(
    ({ id, criteria: words }) => !request.targeted_criteria.includes(id) && costWords.test(words),
  );
  const impact_assessment = criteria.map(({ id, criteria: words }): Impact => {
    if (request.targeted_criteria.includes(id)) {
      if (settled)
        return {
          criterion_id: id,
          impact: 'no_change',
          note: `It would help, yet the settled scope keeps ${quote(words)} out.`,
        };
      return coverage(words, goal, text).share < coveredFrom
        ? {
            criterion_id: id,
            impact: 'improve',
            note: `The request names what the text lacks of ${quote(words)}.`,
          }
        : {
            criterion_id: id,
            impact: 'no_change',
            note: `The text covers it already: “${shorten(passage(words, goal, text), 160)}”`,
          };
    }
    if (id === dearer?.id)
      return {
        criterion_id: id,
        impact: 'worsen',
        note: `More work in “${item.item_title}” presses slightly on ${quote(words)}.`,
      };
    return { criterion_id: id, impact: 'no_change', note: `The request does not touch ${quote(words)}.` };
  });
  const reason = settled
    ? `“${item.item_title}” is settled: “${shorten(settled, 240)}” The request would reopen it.`
    : crowded
      ? `The request targets ${request.targeted_criteria.length} criteria at once; more than three cannot be carried out and checked in one revision of “${item.item_title}”.`
      : `The request can be carried out within “${item.item_title}” and closes what it targets.`;
  return { impact_assessment, reasoning: reason, approved };
}
