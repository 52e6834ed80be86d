import { ask, linkTo, type Run, step } from '@agento/agent';
import {
  type AttemptEvaluation,
  checkSection,
  type Feedback,
  type ProducedBy,
  type RevisionAttempt,
  type RevisionResult,
} from '@agento/contracts';
import { recordDecision, recordFeedback, recordVerdict, type SpanLink } from '@agento/tracing';
import { acceptBest, statusScore } from './acceptance.ts';
import { implementationEvaluator, revisionApplier, revisionRefiner } from './agents.ts';
import { checkImplementation } from './checks.ts';
import type { Revision } from './revision.ts';

interface RevisedText {
  text: string;
  produced_by: ProducedBy;
}

/** Attempts a revision until it meets its criteria or the attempts are used up; keeps the best of them. */
export function revise(run: Run, revision: Revision): Promise<RevisionResult> {
  const { item, request, approval } = revision;
  return step(
    run,
    {
      name: 'revision_implementation',
      kind: 'group',
      itemId: item.id,
      links: [linkTo(approval, 'approval', { itemId: item.id })],
    },
    async (step) => {
      const attempts: RevisionAttempt[] = [];
      do {
        attempts.push(await attempt(run, revision, attempts));
      } while (!attempts.at(-1)?.evaluation.meets_criteria && attempts.length < run.maxAttempts);
      const { accepted, decision } = acceptBest(revision.original, attempts);
      recordDecision(step.span, decision);
      step.span.setAttributes({
        'agento.attempts.count': attempts.length,
        'agento.attempt.accepted': accepted?.attempt ?? 0,
      });
      step.summary = accepted ? `attempt ${accepted.attempt} accepted` : 'the original is kept';
      step.capture(
        { item_id: item.id, revision_request: request.id },
        { attempts: attempts.map(({ id }) => id), accepted_attempt: accepted?.attempt ?? null },
      );
      return {
        item_id: item.id,
        item_title: item.item_title,
        original_text: item.item_description,
        revision_request: request,
        attempts,
        attempt_count: attempts.length,
        accepted_attempt: accepted?.attempt ?? null,
        final_text: accepted?.revised_text ?? item.item_description,
      };
    },
  );
}

function attempt(run: Run, revision: Revision, before: RevisionAttempt[]): Promise<RevisionAttempt> {
  const number = before.length + 1;
  const previous = before.at(-1);
  const feedbackLinks: SpanLink[] = previous
    ? [linkTo(previous.evaluation, 'feedback', { itemId: revision.item.id, attempt: previous.attempt })]
    : [];
  return step(
    run,
    {
      name: 'revision_attempt',
      kind: 'group',
      itemId: revision.item.id,
      attempt: number,
      links: feedbackLinks,
    },
    async (step) => {
      const revised = previous
        ? await refine(run, revision, previous, number)
        : await apply(run, revision, number);
      const { evaluation, feedback } = await evaluate(run, revision, revised, number, previous);
      const id = `${revision.item.id}-a${number}`;
      step.summary = evaluation.meets_criteria ? 'meets its criteria' : 'falls short';
      step.span.setAttribute('agento.attempt.meets_criteria', evaluation.meets_criteria);
      step.capture(
        { item_id: revision.item.id, suggestions: previous?.evaluation.improvement_suggestions ?? [] },
        { id, score: evaluation.score, meets_criteria: evaluation.meets_criteria },
      );
      return {
        id,
        attempt: number,
        agent_name: revised.produced_by.agent_name,
        produced_by: revised.produced_by,
        revised_text: revised.text,
        evaluation,
        feedback,
      };
    },
  );
}

/** What every step of a revision is shown first. */
function shared({ goal, criteria, item, request }: Revision) {
  const { produced_by: _, ...revision_request } = request;
  return {
    goal,
    criteria: criteria.map(({ id, criteria, reasoning }) => ({ id, criteria, reasoning })),
    item: { id: item.id, item_title: item.item_title, item_description: item.item_description },
    revision_request,
  };
}

const isSection = ({ revised_text }: { revised_text: string }) => checkSection('/revised_text', revised_text);

const sizeOf = ({ text }: RevisedText) => ({
  summary: `${Buffer.byteLength(text)} bytes`,
  attributes: { 'agento.revised_text.size': Buffer.byteLength(text) },
});

function apply(run: Run, revision: Revision, number: number): Promise<RevisedText> {
  return ask(run, revisionApplier, {
    itemId: revision.item.id,
    attempt: number,
    input: { ...shared(revision), impact_assessment: revision.approval.impact_assessment },
    check: isSection,
    make: ({ revised_text }, produced_by) => ({ text: revised_text, produced_by }),
    outcome: sizeOf,
  });
}

function refine(
  run: Run,
  revision: Revision,
  previous: RevisionAttempt,
  number: number,
): Promise<RevisedText> {
  const { reasoning, criteria_fulfillment, improvement_suggestions } = previous.evaluation;
  return ask(run, revisionRefiner, {
    itemId: revision.item.id,
    attempt: number,
    input: {
      ...shared(revision),
      previous_text: previous.revised_text,
      evaluation: { reasoning, criteria_fulfillment },
      suggestions: improvement_suggestions,
    },
    given: { previous_attempt: previous.id, suggestions: improvement_suggestions },
    check: isSection,
    make: ({ revised_text }, produced_by) => ({ text: revised_text, produced_by }),
    outcome: sizeOf,
  });
}

function evaluate(
  run: Run,
  revision: Revision,
  revised: RevisedText,
  number: number,
  previous: RevisionAttempt | undefined,
): Promise<{ evaluation: AttemptEvaluation; feedback: Feedback[] }> {
  const suggestions = previous?.evaluation.improvement_suggestions ?? [];
  const attemptId = `${revision.item.id}-a${number}`;
  return ask(run, implementationEvaluator, {
    itemId: revision.item.id,
    attempt: number,
    input: { ...shared(revision), revised_text: revised.text, suggestions },
    links: [linkTo(revised, 'attempt', { itemId: revision.item.id, attempt: number })],
    given: { attempt: attemptId, suggestions: suggestions.map(({ id }) => id) },
    check: (answer) => checkImplementation(answer, revision, revised.text, suggestions),
    make: ({ feedback, improvement_suggestions, ...judgement }, produced_by) => ({
      evaluation: {
        ...judgement,
        improvement_suggestions: improvement_suggestions.map((text, index) => ({
          id: `${attemptId}-s${index + 1}`,
          text,
        })),
        produced_by,
      },
      feedback,
    }),
    outcome({ evaluation, feedback }, span) {
      for (const { criterion_id, status } of evaluation.criteria_fulfillment) {
        if (!revision.request.targeted_criteria.includes(criterion_id)) continue;
        recordVerdict(span, {
          name: 'revision_criterion',
          score: statusScore[status],
          label: status === 'fully_met' ? 'pass' : 'fail',
          explanation: evaluation.reasoning,
          criterionId: criterion_id,
          itemId: revision.item.id,
          status,
        });
      }
      for (const entry of feedback) {
        const told = suggestions.find(({ id }) => id === entry.suggestion_id);
        recordFeedback(span, { ...entry, text: told?.text ?? '' });
      }
      return {
        summary: evaluation.meets_criteria
          ? `meets its criteria, ${evaluation.score}`
          : `falls short, ${evaluation.score}`,
        attributes: {
          'agento.attempt.meets_criteria': evaluation.meets_criteria,
          'agento.attempt.score': evaluation.score,
          'agento.suggestions.count': evaluation.improvement_suggestions.length,
        },
      };
    },
  });
}
