import { ask, linkTo, type Run, sideBySide } from '@agento/agent';
import type {
  Assessment,
  EvalResult,
  ItemDetail,
  Module4Adds,
  Module4Input,
  PlanItem,
  RevisionEvaluation,
  RevisionRequest,
} from '@agento/contracts';
import type { Work } from '@agento/service';
import { recordComparison, recordDecision } from '@agento/tracing';
import { criteriaAssessor, revisionEvaluator, revisionRequester } from './agents.ts';
import { approvalDecision } from './approval.ts';
import { checkApproval, checkRequest, checkShortfalls } from './checks.ts';
import { coverage } from './coverage.ts';

/** For each item with a failed verdict: what it lacks, one request to mend it, and whether that is approved. */
export async function run(input: Module4Input, run: Run): Promise<Work<Module4Adds>> {
  const details = await sideBySide(
    run,
    input.expanded_outline.plan_items,
    async (item, run): Promise<ItemDetail> => {
      const verdicts = input.evaluation_results.filter(({ item_id }) => item_id === item.id);
      const detail: ItemDetail = {
        item_id: item.id,
        item_title: item.item_title,
        original_evaluation: Object.fromEntries(
          verdicts.map(({ criterion_id, result }) => [criterion_id, result]),
        ),
        assessment: null,
        revision_request: null,
        revision_evaluation: null,
      };
      if (verdicts.every(({ result }) => result === 'pass')) return detail;
      const assessment = await assess(run, input, item, verdicts);
      const revision_request = await request(run, input, item, assessment);
      const revision_evaluation = await approve(run, input, item, revision_request);
      return { ...detail, assessment, revision_request, revision_evaluation };
    },
  );
  return {
    adds: {
      item_details: details,
      criteria_coverage_summary: coverage(input.selected_criteria, details),
    },
  };
}

/** What every step of this module is shown first. */
function shared(input: Module4Input, item: PlanItem) {
  return {
    goal: input.goal,
    criteria: input.selected_criteria.map(({ id, criteria, reasoning }) => ({ id, criteria, reasoning })),
    item: { id: item.id, item_title: item.item_title, item_description: item.item_description },
  };
}

function assess(run: Run, input: Module4Input, item: PlanItem, verdicts: EvalResult[]): Promise<Assessment> {
  const failed = verdicts.filter(({ result }) => result === 'fail');
  return ask(run, criteriaAssessor, {
    itemId: item.id,
    input: {
      ...shared(input, item),
      verdicts: verdicts.map(({ criterion_id, result, score, reasoning }) => ({
        criterion_id,
        result,
        score,
        reasoning,
      })),
    },
    links: failed.map((verdict) =>
      linkTo(verdict, 'failed_verdict', { itemId: item.id, criterionId: verdict.criterion_id }),
    ),
    given: { item_id: item.id, failed_verdicts: failed.map(({ id }) => id) },
    check: (answer) =>
      checkShortfalls(
        answer,
        failed.map(({ criterion_id }) => criterion_id),
      ),
    make: (answer, produced_by): Assessment => ({ ...answer, produced_by }),
    outcome: ({ shortfalls }) => ({
      summary: `falls short of ${shortfalls.map(({ criterion_id }) => criterion_id).join(', ')}`,
      attributes: { 'agento.shortfalls.count': shortfalls.length },
    }),
  });
}

function request(
  run: Run,
  input: Module4Input,
  item: PlanItem,
  assessment: Assessment,
): Promise<RevisionRequest> {
  return ask(run, revisionRequester, {
    itemId: item.id,
    input: {
      ...shared(input, item),
      assessment: { summary: assessment.summary, shortfalls: assessment.shortfalls },
    },
    links: [linkTo(assessment, 'deficiency', { itemId: item.id })],
    check: (answer) => checkRequest(answer, assessment),
    make: (answer, produced_by): RevisionRequest => ({ id: `r-${item.id}`, ...answer, produced_by }),
    outcome: ({ targeted_criteria }) => ({
      summary: `asks for ${targeted_criteria.join(', ')}`,
      attributes: { 'agento.targeted_criteria.count': targeted_criteria.length },
    }),
  });
}

function approve(
  run: Run,
  input: Module4Input,
  item: PlanItem,
  revision: RevisionRequest,
): Promise<RevisionEvaluation> {
  const { produced_by: _, ...shown } = revision;
  return ask(run, revisionEvaluator, {
    itemId: item.id,
    input: { ...shared(input, item), revision_request: shown },
    links: [linkTo(revision, 'revision_request', { itemId: item.id })],
    given: { item_id: item.id, revision_request: revision.id },
    check: (answer) => checkApproval(answer, revision, input.selected_criteria),
    make: (answer, produced_by): RevisionEvaluation => ({ id: `v-${revision.id}`, ...answer, produced_by }),
    outcome(evaluation, span) {
      recordComparison(span, item.item_description, revision.revision_request_content);
      recordDecision(span, approvalDecision(revision, evaluation));
      return {
        summary: evaluation.approved ? 'approved' : 'rejected',
        attributes: { 'agento.revision.approved': evaluation.approved },
      };
    },
  });
}
