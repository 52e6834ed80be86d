import type { CriterionCoverage, ItemDetail, SuccessCriterion } from '@agento/contracts';

/** For each criterion: how many items fail it, and for how many of them a revision is asked for and approved. */
export function coverage(criteria: SuccessCriterion[], details: ItemDetail[]): CriterionCoverage[] {
  return criteria.map(({ id, criteria }) => {
    const targeting = details.filter(({ revision_request }) =>
      revision_request?.targeted_criteria.includes(id),
    );
    return {
      criterion_id: id,
      criteria,
      items_passed: details.filter(({ original_evaluation }) => original_evaluation[id] === 'pass').length,
      items_failed: details.filter(({ original_evaluation }) => original_evaluation[id] === 'fail').length,
      revisions_requested: targeting.length,
      revisions_approved: targeting.filter(({ revision_evaluation }) => revision_evaluation?.approved).length,
    };
  });
}
