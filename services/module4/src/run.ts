import { ask, constraintLinks, groundOf, linkTo, orElse, type Run, sideBySide } from '@agento/agent';
import {
  type Assessment,
  criterionView,
  type EvalResult,
  type ItemDetail,
  itemView,
  type Module4Adds,
  type Module4Input,
  type PlanItem,
  type RevisionEvaluation,
  type RevisionRequest,
  requestView,
} from '@agento/contracts';
import type { Work } from '@agento/service';
import { recordComparison } from '@agento/tracing';
import { criteriaAssessor, revisionEvaluator, revisionRequester } from './agents.ts';
import { approvalDecision } from './approval.ts';
import { checkApproval, checkRequest } from './checks.ts';
import { coverage } from './coverage.ts';

/** For each item with a failed verdict: what it lacks, one request to fix it, and whether that is approved. */
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
      if (!verdicts.some(({ result }) => result === 'fail')) return detail;
      return orElse(mend(run, input, item, verdicts, detail), ({ step, agent_name, reason }) => ({
        ...detail,
        given_up: { step, agent_name, reason },
      }));
    },
  );
  return {
    adds: {
      item_details: details,
      criteria_coverage_summary: coverage(input.selected_criteria, details),
    },
  };
}

/** Adds each result to the detail as it arrives, so that those before a failing step are kept. */
async function mend(
  run: Run,
  input: Module4Input,
  item: PlanItem,
  verdicts: EvalResult[],
  detail: ItemDetail,
): Promise<ItemDetail> {
  const assessment = await assess(run, input, item, verdicts);
  detail.assessment = assessment;
  const asked = await request(run, input, item, assessment);
  detail.revision_request = asked;
  detail.revision_evaluation = await approve(run, input, item, asked);
  return detail;
}

/** The first part of every step's input in this module. */
function shared(input: Module4Input, item: PlanItem) {
  return {
    ...groundOf(input),
    criteria: input.selected_criteria.map(criterionView),
    item: itemView(item),
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
    links: {
      failed_verdict: failed.map((verdict) =>
        linkTo(verdict, { itemId: item.id, criterionId: verdict.criterion_id }),
      ),
      ...constraintLinks(input),
    },
    given: { item_id: item.id, failed_verdicts: failed.map(({ id }) => id) },
    ids: { each: { shortfalls: failed.map(({ criterion_id }) => ({ criterion_id })) } },
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
    links: { deficiency: linkTo(assessment, { itemId: item.id }), ...constraintLinks(input) },
    ids: { among: { targeted_criteria: assessment.shortfalls.map(({ criterion_id }) => criterion_id) } },
    check: checkRequest,
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
  return ask(run, revisionEvaluator, {
    itemId: item.id,
    input: { ...shared(input, item), revision_request: requestView(revision) },
    links: { revision_request: linkTo(revision, { itemId: item.id }), ...constraintLinks(input) },
    given: { item_id: item.id, revision_request: revision.id },
    ids: { each: { impact_assessment: input.selected_criteria.map(({ id }) => ({ criterion_id: id })) } },
    check: (answer) => checkApproval(answer, revision),
    make: (answer, produced_by): RevisionEvaluation => ({ id: `v-${revision.id}`, ...answer, produced_by }),
    outcome(evaluation, step) {
      recordComparison(step.span, item.item_description, revision.revision_request_content);
      step.decide(approvalDecision(revision, evaluation));
      return {
        summary: evaluation.approved ? 'approved' : 'rejected',
        attributes: { 'agento.revision.approved': evaluation.approved },
      };
    },
  });
}
