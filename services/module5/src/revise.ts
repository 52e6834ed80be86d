import { ask, linkTo, orElse, type Run, step, together } from '@agento/agent';
import {
  checkSection,
  type GivenUp,
  type RevisedTextAnswer,
  type RevisionAttempt,
  type RevisionResult,
  revisionAttempt,
  revisionImplementation,
} from '@agento/contracts';
import { acceptBest } from './acceptance.ts';
import { revisionApplier, revisionRefiner } from './agents.ts';
import { judgeAttempt, judgeBaseline, type RevisedText } from './judgement.ts';
import { type Revision, shared } from './revision.ts';

/**
 * Attempts a revision until it meets its criteria or the attempts are used up; keeps the best of the attempts and the
 * original, which is judged the same way in parallel with the first attempt.
 */
export function revise(run: Run, revision: Revision): Promise<RevisionResult> {
  const { item, request, approval, review } = revision;
  return step(
    run,
    revisionImplementation,
    {
      itemId: item.id,
      links: { approval: linkTo(approval, { itemId: item.id }), ...(review && { review }) },
    },
    async (step) => {
      const [baseline, { attempts, given_up }] = await together(run, [
        (run) => judgeBaseline(run, revision),
        (run) => attemptAll(run, revision),
      ]);
      const { accepted, decision } = acceptBest(baseline, revision.verdicts, attempts);
      step.decide(decision);
      step.finish({
        summary: keptAs(accepted),
        attributes: {
          'agento.attempts.count': attempts.length,
          'agento.attempt.accepted': accepted?.attempt ?? 0,
        },
      });
      step.capture(
        { item_id: item.id, revision_request: request.id },
        { attempts: attempts.map(({ id }) => id), accepted_attempt: accepted?.attempt ?? null },
      );
      return {
        item_id: item.id,
        item_title: item.item_title,
        original_text: item.item_description,
        revision_request: request,
        baseline,
        attempts,
        attempt_count: attempts.length,
        accepted_attempt: accepted?.attempt ?? null,
        final_text: accepted?.revised_text ?? item.item_description,
        ...(given_up && { given_up }),
      };
    },
  );
}

/** Two separate facts: which text is kept, and whether it meets its criteria. */
function keptAs(accepted: RevisionAttempt | null): string {
  if (!accepted) return 'the original is kept';
  return `attempt ${accepted.attempt} is kept and ${accepted.evaluation.meets_criteria ? 'meets its criteria' : 'falls short of its criteria'}`;
}

async function attemptAll(
  run: Run,
  revision: Revision,
): Promise<{ attempts: RevisionAttempt[]; given_up: GivenUp | null }> {
  const attempts: RevisionAttempt[] = [];
  const tried = async () => {
    do {
      attempts.push(await attempt(run, revision, attempts));
    } while (leavesSomethingToDo(attempts.at(-1)) && attempts.length < run.maxAttempts);
    return null;
  };
  const given_up = await orElse<GivenUp | null>(tried(), ({ step, agent_name, reason }) => ({
    step,
    agent_name,
    reason,
  }));
  return { attempts, given_up };
}

/** An attempt without a judgement has no feedback for another to use. */
function leavesSomethingToDo(last: RevisionAttempt | undefined): boolean {
  return last !== undefined && last.evaluation.score !== null && !last.evaluation.meets_criteria;
}

function attempt(run: Run, revision: Revision, before: RevisionAttempt[]): Promise<RevisionAttempt> {
  const number = before.length + 1;
  const previous = before.at(-1);
  const { item } = revision;
  return step(
    run,
    revisionAttempt,
    {
      itemId: item.id,
      attempt: number,
      ...(previous && {
        links: {
          feedback: linkTo(previous.evaluation, { itemId: item.id, attempt: previous.attempt }),
        },
      }),
    },
    async (step) => {
      const revised = await (previous
        ? refine(run, revision, previous, number)
        : apply(run, revision, number));
      const suggestions = previous?.evaluation.improvement_suggestions ?? [];
      const { evaluation, feedback } = await judgeAttempt(run, revision, revised, { number, suggestions });
      const id = `${item.id}-a${number}`;
      step.finish({
        summary:
          evaluation.score === null
            ? 'not judged'
            : evaluation.meets_criteria
              ? 'meets its criteria'
              : 'falls short',
        attributes: { 'agento.attempt.meets_criteria': evaluation.meets_criteria },
      });
      step.capture(
        { item_id: item.id, suggestions },
        { id, score: evaluation.score, meets_criteria: evaluation.meets_criteria },
      );
      return {
        id,
        attempt: number,
        agent_name: revised.produced_by.agent_name,
        produced_by: revised.produced_by,
        changes: revised.changes,
        revised_text: revised.text,
        evaluation,
        feedback,
      };
    },
  );
}

/** What both writers share. */
const writing = {
  check: ({ revised_text }: RevisedTextAnswer) => checkSection('/revised_text', revised_text),
  make: (
    { changes, revised_text }: RevisedTextAnswer,
    produced_by: RevisedText['produced_by'],
  ): RevisedText => ({ text: revised_text, changes, produced_by }),
  outcome: ({ text }: RevisedText) => ({
    summary: `${Buffer.byteLength(text)} bytes`,
    attributes: { 'agento.revised_text.size': Buffer.byteLength(text) },
  }),
};

function apply(run: Run, revision: Revision, number: number): Promise<RevisedText> {
  return ask(run, revisionApplier, {
    ...writing,
    itemId: revision.item.id,
    attempt: number,
    input: { ...shared(revision), impact_assessment: revision.approval.impact_assessment },
    links: revision.links,
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
    ...writing,
    itemId: revision.item.id,
    attempt: number,
    input: {
      ...shared(revision),
      previous_text: previous.revised_text,
      evaluation: { reasoning, criteria_fulfillment },
      suggestions: improvement_suggestions,
    },
    given: { previous_attempt: previous.id, suggestions: improvement_suggestions },
    links: revision.links,
  });
}
