import { ask, linkTo, orElse, type Run } from '@agento/agent';
import type { AttemptEvaluation, Feedback, ImplementationAnswer, ProducedBy } from '@agento/contracts';
import { recordFeedback } from '@agento/tracing';
import { baselineEvaluator, implementationEvaluator } from './agents.ts';
import { checkImplementation, meetsCriteria } from './checks.ts';
import { type Revision, shared } from './revision.ts';

/** A text written by an attempt. */
export interface RevisedText {
  text: string;
  changes: string[];
  produced_by: ProducedBy;
}

export interface Judgement {
  evaluation: AttemptEvaluation;
  feedback: Feedback[];
}

/** The original text on the attempts' scale: otherwise figures of two judges would be compared. */
export function judgeBaseline(run: Run, revision: Revision): Promise<AttemptEvaluation> {
  const { item } = revision;
  const asked = ask(run, baselineEvaluator, {
    itemId: item.id,
    input: { ...shared(revision), revised_text: item.item_description, suggestions: [] },
    links: { item: linkTo(item, { itemId: item.id }), ...revision.links },
    given: { item_id: item.id },
    ids: idsOf(revision, []),
    check: (answer) => checkImplementation(answer, revision, item.item_description),
    make: (answer, produced_by) => evaluationOf(answer, revision, `${item.id}-a0`, produced_by),
    outcome(evaluation, step) {
      for (const verdict of verdictsOf(evaluation, item)) step.judge('baseline_criterion', verdict);
      return outcomeOf(evaluation);
    },
  });
  return orElse(asked, notJudged);
}

/** One attempt's text, and how it handled the suggestions left by the previous attempt. */
export function judgeAttempt(
  run: Run,
  revision: Revision,
  revised: RevisedText,
  { number, suggestions }: { number: number; suggestions: { id: string; text: string }[] },
): Promise<Judgement> {
  const { item } = revision;
  const attemptId = `${item.id}-a${number}`;
  const asked = ask(run, implementationEvaluator, {
    itemId: item.id,
    attempt: number,
    input: { ...shared(revision), revised_text: revised.text, suggestions },
    links: { attempt: linkTo(revised, { itemId: item.id, attempt: number }), ...revision.links },
    given: { attempt: attemptId, suggestions: suggestions.map(({ id }) => id) },
    ids: idsOf(revision, suggestions),
    check: (answer) => checkImplementation(answer, revision, revised.text),
    make: (answer, produced_by) => ({
      evaluation: evaluationOf(answer, revision, attemptId, produced_by),
      feedback: answer.feedback,
    }),
    outcome({ evaluation, feedback }, step) {
      for (const entry of feedback) {
        const told = suggestions.find(({ id }) => id === entry.suggestion_id);
        recordFeedback(step.span, { ...entry, text: told?.text ?? '' });
      }
      for (const verdict of verdictsOf(evaluation, { ...revised, id: item.id })) {
        step.judge('revision_criterion', verdict);
      }
      return outcomeOf(evaluation);
    },
  });
  return orElse<Judgement>(asked, (lost) => ({ evaluation: notJudged(lost), feedback: [] }));
}

const idsOf = ({ criteria }: Revision, suggestions: { id: string }[]) => ({
  each: {
    criteria_fulfillment: criteria.map(({ id }) => ({ criterion_id: id })),
    feedback: suggestions.map(({ id }) => ({ suggestion_id: id })),
  },
});

function evaluationOf(
  answer: ImplementationAnswer,
  revision: Revision,
  attemptId: string,
  produced_by: ProducedBy,
): AttemptEvaluation {
  const { criteria_fulfillment, reasoning, score, improvement_suggestions } = answer;
  return {
    meets_criteria: meetsCriteria(answer, revision),
    score: score / 100,
    reasoning,
    criteria_fulfillment,
    improvement_suggestions: improvement_suggestions.map((text, index) => ({
      id: `${attemptId}-s${index + 1}`,
      text,
    })),
    produced_by,
  };
}

function notJudged({ reason, produced_by }: { reason: string; produced_by: ProducedBy }): AttemptEvaluation {
  return {
    meets_criteria: false,
    score: null,
    reasoning: reason,
    criteria_fulfillment: [],
    improvement_suggestions: [],
    produced_by,
  };
}

/** A verdict on every criterion, since all of them decide which text is kept. `text`: of the item, as it was judged. */
function verdictsOf(
  { criteria_fulfillment, reasoning }: AttemptEvaluation,
  text: { id: string; produced_by: ProducedBy },
) {
  return criteria_fulfillment.map(({ criterion_id, status, explanation = reasoning }) => ({
    criterionId: criterion_id,
    itemId: text.id,
    responseId: text.produced_by.response_id,
    status,
    explanation,
  }));
}

function outcomeOf({ meets_criteria, score, improvement_suggestions }: AttemptEvaluation) {
  return {
    summary: `${meets_criteria ? 'meets its criteria' : 'falls short'}, ${score}`,
    attributes: {
      'agento.attempt.meets_criteria': meets_criteria,
      'agento.attempt.score': score ?? 0,
      'agento.suggestions.count': improvement_suggestions.length,
    },
  };
}
