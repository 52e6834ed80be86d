import { linkTo, type Run, step } from '@agento/agent';
import {
  type CriterionFulfillment,
  finalAssembly,
  type JudgedStatus,
  type Module5Input,
  notJudged,
  type PlanItem,
  type PlanOutline,
  type RevisionAttempt,
  type RevisionResult,
} from '@agento/contracts';
import type { SpanReference } from '@agento/tracing';
import { statusOfVerdict } from './acceptance.ts';

/** The finished plan, and the status of each criterion in each of its items. */
export interface Assembly {
  outline: PlanOutline;
  fulfillment: CriterionFulfillment[];
  /** The span of `final_assembly`. */
  reference: SpanReference;
}

/** Assembles the plan from accepted attempts and unchanged items. */
export function assemble(run: Run, input: Module5Input, results: RevisionResult[]): Promise<Assembly> {
  const { expanded_outline: outline } = input;
  const parts = outline.plan_items.map((item) => {
    const result = results.find(({ item_id }) => item_id === item.id);
    const accepted = result?.attempts.find(({ attempt }) => attempt === result.accepted_attempt) ?? null;
    return { item, accepted };
  });
  return step(run, finalAssembly, { planId: outline.id, links: originLinks(parts) }, async (step) => {
    const revised = parts.filter(({ accepted }) => accepted !== null).length;
    step.finish({
      summary: `${parts.length} items, ${revised} of them revised`,
      attributes: { 'agento.items.count': parts.length, 'agento.items.revised_count': revised },
    });
    step.capture(
      { plan_id: outline.id, accepted: parts.flatMap(({ accepted }) => accepted?.id ?? []) },
      { plan_id: outline.id, items: parts.map(({ item }) => item.id) },
    );
    return {
      outline: { ...outline, plan_items: parts.map(finalItem) },
      fulfillment: input.selected_criteria.map(({ id, criteria }) =>
        summarise(
          id,
          criteria,
          parts.map(({ item }) => ({
            item_id: item.id,
            status: statusOf(input, results, item.id, id),
          })),
        ),
      ),
      reference: step.reference,
    };
  });
}

interface Part {
  item: PlanItem;
  accepted: RevisionAttempt | null;
}

function originLinks(parts: Part[]) {
  return {
    accepted_attempt: parts.flatMap(({ item, accepted }) =>
      accepted ? [linkTo(accepted, { itemId: item.id, attempt: accepted.attempt })] : [],
    ),
    original_item: parts
      .filter(({ accepted }) => !accepted)
      .map(({ item }) => linkTo(item, { itemId: item.id })),
  };
}

function finalItem({ item, accepted }: Part): PlanItem {
  if (!accepted) return item;
  return { ...item, item_description: accepted.revised_text, produced_by: accepted.produced_by };
}

/** An item due for revision was judged again, whichever text is kept; any other has its verdict from module 3. */
function statusOf(
  input: Module5Input,
  results: RevisionResult[],
  itemId: string,
  criterionId: string,
): JudgedStatus {
  const result = results.find(({ item_id }) => item_id === itemId);
  const kept = result?.attempts.find(({ attempt }) => attempt === result.accepted_attempt)?.evaluation;
  const judged = (kept ?? result?.baseline)?.criteria_fulfillment.find(
    ({ criterion_id }) => criterion_id === criterionId,
  );
  if (judged) return judged.status;
  const verdict = input.evaluation_results.find(
    ({ item_id, criterion_id }) => item_id === itemId && criterion_id === criterionId,
  );
  return (verdict && statusOfVerdict(verdict)) ?? notJudged;
}

function summarise(
  criterion_id: string,
  criteria: string,
  items: { item_id: string; status: JudgedStatus }[],
): CriterionFulfillment {
  const count = (wanted: JudgedStatus) => items.filter(({ status }) => status === wanted).length;
  return {
    criterion_id,
    criteria,
    items,
    fully_met: count('fully_met'),
    partially_met: count('partially_met'),
    not_met: count('not_met'),
    not_judged: count(notJudged),
  };
}
