import { constraintLinks, groundOf, type LinkTo } from '@agento/agent';
import {
  type CriterionView,
  criterionView,
  type EvalResult,
  type Ground,
  itemView,
  type Module5Input,
  type PlanItem,
  type RevisionEvaluation,
  type RevisionRequest,
  requestView,
} from '@agento/contracts';

/** One approved revision of one item. */
export interface Revision {
  ground: Ground;
  criteria: CriterionView[];
  item: PlanItem;
  request: RevisionRequest;
  approval: RevisionEvaluation;
  /** The original's verdicts, from module 3. */
  verdicts: EvalResult[];
  /** The link to a person's decision about it, where there is one. */
  review: LinkTo | undefined;
  /** The link to the step that found the constraints; none if there are none. */
  links: { constraints?: LinkTo };
}

/** The first part of every revision step's input. */
export function shared({ ground, criteria, item, request }: Revision) {
  return { ...ground, criteria, item: itemView(item), revision_request: requestView(request) };
}

/** Every revision that is approved; `reviews` are the decisions of people, by item. */
export function revisionsOf(input: Module5Input, reviews: ReadonlyMap<string, LinkTo>): Revision[] {
  const criteria = input.selected_criteria.map(criterionView);
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
        review: reviews.get(item.id),
        links: constraintLinks(input),
      },
    ];
  });
}
