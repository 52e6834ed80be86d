import type { ImplementationAnswer, InputOf, revisionEvaluation } from '@agento/contracts';
import { briefOf } from '../brief.ts';
import { type Judgement, judge } from '../judging.ts';
import { passage, quote, worth } from '../language/coverage.ts';
import { rank } from '../language/hash.ts';
import { list, quoted, shorten } from '../language/text.ts';
import { overlap } from '../language/words.ts';

/**
 * Rules. A criterion is fully met from 0.6 of its key terms in the revised text, or if it belongs to other items, and
 * partially met from 0.3; the score is the mean of 100, 50 and 0 over all criteria. Neither depends on the request or
 * the suggestions, so that an unchanged original gets the same judgement. For each targeted criterion that is not fully
 * met there is one suggestion. An earlier suggestion is judged by its criterion, and its evidence is the sentence of
 * the text that says most about it.
 */
export function implementationEvaluator(input: InputOf<typeof revisionEvaluation>): ImplementationAnswer {
  const { goal, criteria, item, revision_request: request, revised_text: text, suggestions } = input;
  const brief = briefOf(input);
  const judged = criteria.map(({ id, criteria: words }) => ({
    id,
    words,
    ...judge(brief, words, item.item_title, text),
  }));
  const targeted = judged.filter(({ id }) => request.targeted_criteria.includes(id));
  const open = targeted.filter(({ status }) => status !== 'fully_met').slice(0, 10);
  const feedback = suggestions.map(({ id, text: suggestion }): ImplementationAnswer['feedback'][number] => {
    const [meant] = rank(targeted, ({ words }) => overlap(words, suggestion), id);
    const evidence = meant ? passage(meant.words, goal, text) : '';
    if (!meant || evidence === '' || meant.status === 'not_met') {
      return { suggestion_id: id, evidence: '', status: 'ignored' };
    }
    return { suggestion_id: id, evidence, status: meant.status === 'fully_met' ? 'addressed' : 'partial' };
  });
  const total = judged.reduce((sum, { status }) => sum + worth[status], 0);
  const title = quoted(item.item_title, 120);
  return {
    criteria_fulfillment: judged.map(({ id, words, ...found }) => ({
      criterion_id: id,
      explanation: explained(found, shorten(passage(words, goal, text), 240)),
      status: found.status,
    })),
    feedback,
    reasoning: open.length
      ? `The text of ${title} leaves ${list(open.map(({ id }) => id))} open: of ${quote(open[0]?.words ?? '')} it lacks ${list(open[0]?.missing.slice(0, 5) ?? []) || 'the substance'}.`
      : `The text of ${title} says what ${list(targeted.slice(0, 5).map(({ words }) => quote(words))) || 'was asked'} asks for.`,
    score: judged.length ? Math.round((100 * total) / judged.length) : 0,
    improvement_suggestions: open.map(
      ({ words, missing }) =>
        `Say in the text how ${quote(words)} is met: nothing is written yet on ${list(missing.slice(0, 6))}.`,
    ),
  };
}

function explained({ status, missing, others }: Judgement, sentence: string): string {
  if (others) return 'Left to other items, and nothing here works against it.';
  const lacking = list(missing.slice(0, 5)) || 'the substance';
  if (status === 'fully_met') return `Most plainly here: ${quoted(sentence)}`;
  if (status === 'partially_met') return `${quoted(sentence)} begins it, but says nothing of ${lacking}.`;
  return `Nothing is said of ${lacking}.`;
}
