import type { PlanItem, RevisionEvaluation, RevisionRequest, SuccessCriterion } from '@agento/contracts';

/** One approved revision of one item. */
export interface Revision {
  goal: string;
  criteria: SuccessCriterion[];
  item: PlanItem;
  request: RevisionRequest;
  approval: RevisionEvaluation;
  /** The original's verdict on each criterion. */
  original: Record<string, 'pass' | 'fail'>;
}
