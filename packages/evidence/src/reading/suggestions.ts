import { numberOf, type RecordedSpan, textOf } from '../model.ts';
import { fieldsIn, listIn, textIn } from './loose.ts';
import type { Step } from './step.ts';
import { attemptJudgedBy, type Verdict } from './verdict.ts';

/** What a judge advised after reading a text of an item, and what became of it. */
export interface Suggestion {
  id: string;
  item_id: string;
  /** The attempt whose text it is about; 0 is the original. */
  attempt: number;
  /** Null while content is off. */
  text: string | null;
  /** The judge's span and agent. */
  span_id: string;
  agent: string;
  /** Ids of the verdicts it belongs to: those of the same judgement that did not pass. */
  verdicts: string[];
  /** The span of the next attempt's writer, who was shown it; null if there was none. */
  told: string | null;
  /** What the judge of the next attempt found: `addressed`, `partial` or `ignored`; null if nobody asked. */
  status: string | null;
  /** The passage of the next attempt's text that shows it. */
  evidence: string | null;
  /** The span of that judge. */
  judged_by: string | null;
}

export function suggestionsOf(
  steps: Step[],
  spans: Map<string, RecordedSpan>,
  verdicts: Verdict[],
): Suggestion[] {
  const judgements = steps.flatMap((step) => {
    const span = spans.get(step.span_id);
    const attempt = span ? attemptJudgedBy(span) : null;
    return span && attempt !== null && step.about.item_id !== null
      ? [{ step, span, attempt, item_id: step.about.item_id }]
      : [];
  });
  return judgements.flatMap(({ step, span, attempt, item_id }) => {
    const isOfItem = (other: Step) => other.about.item_id === item_id && other.about.attempt === attempt + 1;
    // The original's judge advises nobody: the first attempt has the request.
    const told =
      attempt === 0
        ? undefined
        : steps.find((other) => other.name === 'revision_refinement' && isOfItem(other));
    const answering = told && judgements.find(({ step }) => isOfItem(step));
    const failed = verdicts.filter((verdict) => verdict.span_id === step.span_id && verdict.pass === false);
    return givenIn(step, span, `${item_id}-a${attempt}`).map(({ id, text }): Suggestion => {
      const feedback = answering?.span.events.find(
        ({ name, attributes }) => name === 'agento.feedback' && attributes.suggestion_id === id,
      )?.attributes;
      return {
        id,
        item_id,
        attempt,
        text,
        span_id: step.span_id,
        agent: step.agent,
        verdicts: failed.map((verdict) => verdict.id),
        told: told?.span_id ?? null,
        status: feedback ? textOf(feedback, 'status') || null : null,
        evidence: feedback ? textOf(feedback, 'evidence') || null : null,
        judged_by: feedback ? (answering?.step.span_id ?? null) : null,
      };
    });
  });
}

/** The suggestions of a judgement; without content their number alone is known, and code numbers them. */
function givenIn(step: Step, span: RecordedSpan, attemptId: string): { id: string; text: string | null }[] {
  const evaluation = fieldsIn(step.outputs).evaluation ?? step.outputs;
  const listed = listIn(evaluation, 'improvement_suggestions').flatMap((entry) => {
    const id = textIn(entry, 'id');
    return id === null ? [] : [{ id, text: textIn(entry, 'text') }];
  });
  if (listed.length > 0) return listed;
  const count = Math.min(numberOf(span.attributes, 'agento.suggestions.count') ?? 0, mostSuggestions);
  return Array.from({ length: count }, (_, index) => ({ id: `${attemptId}-s${index + 1}`, text: null }));
}

/** More than any judge may give: the count is untrusted. */
const mostSuggestions = 100;
