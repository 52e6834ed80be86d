import type { CriterionCoverage, ItemDetail, SuccessCriterion } from '@agento/contracts';

/** For each criterion: how many items fail it, and for how many of them a revision is requested and approved. */
export function coverage(criteria: SuccessCriterion[], details: ItemDetail[]): CriterionCoverage[] {
  return criteria.map(({ id, criteria }) => {
    const targeting = details.filter(({ revision_request }) =>
      revision_request?.targeted_criteria.includes(id),
    );
    const count = (wanted: string) =>
      details.filter(({ original_evaluation }) => original_evaluation[id] === wanted).length;
    return {
      criterion_id: id,
      criteria,
      items_passed: count('pass'),
      items_failed: count('fail'),
      items_not_judged: count('not_judged'),
      revisions_requested: targeting.length,
      revisions_approved: targeting.filter(({ revision_evaluation }) => revision_evaluation?.approved).length,
    };
  });
}
