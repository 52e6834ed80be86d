import type { ApprovalAnswer, InputOf, revisionValidation } from '@agento/contracts';
import { briefOf } from '../brief.ts';
import { coverage, coveredFrom, passage, quote } from '../language/coverage.ts';
import { quoted, sentences } from '../language/text.ts';

const settledWords = /cannot be reopened/i;
const costWords = /\b(?:spending|costs?|budget|price|expenses|hours)\b/i;

type Impact = ApprovalAnswer['impact_assessment'][number];

/**
 * Rules. A request is rejected if the goal is vague, if the item says that its scope cannot be reopened, or if it
 * targets more than three criteria at once; any other is approved. A targeted criterion that the text does not cover
 * improves; the first untargeted one about money or hours worsens, because additions cost; nothing else changes.
 */
export function revisionEvaluator(input: InputOf<typeof revisionValidation>): ApprovalAnswer {
  const { goal, criteria, item, revision_request: request } = input;
  const text = `${item.item_title}\n${item.item_description}`;
  const title = quoted(item.item_title, 120);
  const vague = briefOf(input).spoken.pattern === 'vague';
  const settled = sentences(item.item_description).find((sentence) => settledWords.test(sentence));
  const crowded = request.targeted_criteria.length > 3;
  const approved = !vague && settled === undefined && !crowded;
  const dearer = criteria.find(
    ({ id, criteria: words }) => !request.targeted_criteria.includes(id) && costWords.test(words),
  );
  const impact_assessment = criteria.map(({ id, criteria: words }): Impact => {
    const says = (impact: Impact['impact'], note: string) => ({ criterion_id: id, note, impact });
    if (id === dearer?.id && approved)
      return says(
        'worsen',
        `More work in ${title} presses slightly on ${quote(words)}, for the sake of what is gained.`,
      );
    if (!request.targeted_criteria.includes(id))
      return says('no_change', `The request does not touch ${quote(words)}.`);
    if (vague)
      return says(
        'no_change',
        `As long as the goal is not clear, nothing can be written on ${quote(words)}.`,
      );
    if (settled) return says('no_change', `It would help, yet the settled scope keeps ${quote(words)} out.`);
    return coverage(words, goal, text).share < coveredFrom
      ? says('improve', `The request names what the text lacks of ${quote(words)}.`)
      : says('no_change', `The text covers it already: ${quoted(passage(words, goal, text), 160)}`);
  });
  const reason = vague
    ? `The goal does not say what is meant, so a sentence added to ${title} would only sound like an answer. A better request would first make the goal clear.`
    : settled
      ? `${title} is settled: ${quoted(settled, 240)} The request would reopen it.`
      : crowded
        ? `The request targets ${request.targeted_criteria.length} criteria at once; more than three cannot be carried out and checked in one revision of ${title}.`
        : `The request can be carried out within ${title} and closes what it targets.`;
  return { impact_assessment, reasoning: reason, approved };
}
