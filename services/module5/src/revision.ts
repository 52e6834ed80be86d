import { constraintLinks, groundOf } from '@agento/agent';
import type {
  CriterionView,
  EvalResult,
  Ground,
  Module5Input,
  PlanItem,
  RevisionEvaluation,
  RevisionRequest,
} from '@agento/contracts';
import type { SpanLink } from '@agento/tracing';

/** One approved revision of one item. */
export interface Revision {
  ground: Ground;
  criteria: CriterionView[];
  item: PlanItem;
  request: RevisionRequest;
  approval: RevisionEvaluation;
  /** The original's verdicts, from module 3. */
  verdicts: EvalResult[];
  constraintLinks: SpanLink[];
}

/** What every step of a revision is shown first. */
export function shared({ ground, criteria, item, request }: Revision) {
  const { produced_by: _, ...revision_request } = request;
  return {
    ...ground,
    criteria,
    item: { id: item.id, item_title: item.item_title, item_description: item.item_description },
    revision_request,
  };
}

/** Every revision that module 4 approved. */
export function revisionsOf(input: Module5Input): Revision[] {
  const criteria = input.selected_criteria.map(({ id, criteria, reasoning }) => ({
    id,
    criteria,
    reasoning,
  }));
  return input.item_details.flatMap((detail): Revision[] => {
    const item = input.expanded_outline.plan_items.find(({ id }) => id === detail.item_id);
    const request: RevisionRequest | null = detail.revision_request;
    const approval: RevisionEvaluation | null = detail.revision_evaluation;
    if (!item || !request || !approval?.approved) return [];
    return [
      {
        ground: groundOf(input),
        criteria,
        item,
        request,
        approval,
        verdicts: input.evaluation_results.filter(({ item_id }) => item_id === item.id),
        constraintLinks: constraintLinks(input),
      },
    ];
  });
}
