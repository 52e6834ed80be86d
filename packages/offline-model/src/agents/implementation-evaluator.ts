import type { ImplementationAnswer, StepInputs } from '@agento/contracts';
import { coverage, passage, quote } from '../language/coverage.ts';
import { rank } from '../language/hash.ts';
import { list } from '../language/text.ts';
import { overlap } from '../language/words.ts';

const worth = { fully_met: 1, partially_met: 0.5, not_met: 0 };

/**
 * Rules. A criterion is fully met from 0.6 of its key terms in the revised text, partially from 0.3; the
 * score is the mean of 1, 0.5 and 0 over all criteria. The revision holds when every targeted criterion is
 * fully met; else there is one suggestion for each that is not. An earlier suggestion is judged by the
 * criterion it speaks of, and its evidence is the sentence of the text that says most about it.
 */
export function implementationEvaluator(input: StepInputs['revision_evaluation']): ImplementationAnswer {
  const { goal, criteria, item, revision_request: request, revised_text: text, suggestions } = input;
  const judged = criteria.map((criterion) => ({
    ...criterion,
    ...coverage(criterion.criteria, goal, `${item.item_title}\n${text}`),
  }));
  const targeted = judged.filter(({ id }) => request.targeted_criteria.includes(id));
  const open = targeted.filter(({ status }) => status !== 'fully_met');
  const feedback = suggestions.map(({ id, text: suggestion }): ImplementationAnswer['feedback'][number] => {
    const [meant] = rank(targeted, ({ criteria: words }) => overlap(words, suggestion), id);
    const evidence = meant ? passage(meant.criteria, goal, text) : '';
    if (!meant || evidence === '' || meant.status === 'not_met') {
      return { suggestion_id: id, status: 'ignored', evidence: '' };
    }
    return { suggestion_id: id, status: meant.status === 'fully_met' ? 'addressed' : 'partial', evidence };
  });
  const total = judged.reduce((sum, { status }) => sum + worth[status], 0);
  return {
    criteria_fulfillment: judged.map(({ id, status }) => ({ criterion_id: id, status })),
    feedback,
    reasoning: open.length
      ? `The revision of “${item.item_title}” leaves ${list(open.map(({ id }) => id))} open: of ${quote(open[0]?.criteria ?? '')} it lacks ${list(open[0]?.missing.slice(0, 5) ?? []) || 'the substance'}.`
      : `The revised text of “${item.item_title}” now says what ${list(targeted.map(({ criteria: words }) => quote(words))) || 'was asked'} asks for.`,
    score: judged.length ? Math.round((total / judged.length) * 100) / 100 : 0,
    meets_criteria: open.length === 0,
    improvement_suggestions: open.map(
      ({ criteria: words, missing }) =>
        `Say in the text how ${quote(words)} is met: nothing is written yet on ${list(missing.slice(0, 6))}.`,
    ),
  };
}
