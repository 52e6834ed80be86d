import type { Module4Adds, Module4Input, ReviewedRequest } from '@agento/contracts';

/** Every revision request that was judged, with what a person needs to decide about it. */
export function requests({
  expanded_outline,
  selected_criteria,
  evaluation_results,
  item_details,
}: Module4Input & Module4Adds): ReviewedRequest[] {
  const criteria = new Map(selected_criteria.map(({ id, criteria }) => [id, criteria]));
  return item_details.flatMap(({ item_id, item_title, revision_request, revision_evaluation }) => {
    if (!revision_request || !revision_evaluation) return [];
    const { id, revision_request_content, reasoning, targeted_criteria } = revision_request;
    const { approved, impact_assessment, reasoning: why } = revision_evaluation;
    const item = expanded_outline.plan_items.find((item) => item.id === item_id);
    return {
      id,
      item_id,
      item_title,
      item_description: item?.item_description ?? '',
      request: revision_request_content,
      reasoning,
      targeted_criteria,
      verdicts: evaluation_results
        .filter((verdict) => verdict.item_id === item_id)
        .map(({ criterion_id, result, score, reasoning }) => ({
          criterion_id,
          criteria: criteria.get(criterion_id) ?? '',
          result,
          score,
          reasoning,
        })),
      approver: { approved, reasoning: why, impact_assessment },
    };
  });
}
