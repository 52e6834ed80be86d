import type {
  CriterionView,
  EvalResult,
  Ground,
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
