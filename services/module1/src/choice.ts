import type { CriteriaChoiceAnswer, Finding, SuccessCriterion } from '@agento/contracts';

/** The evaluator's answer together with the criteria it selected. */
export type Choice = CriteriaChoiceAnswer & { selected: SuccessCriterion[] };

/** If the ratings do not decide between a selected and a rejected candidate, the evaluator says what did. */
export function checkTie(answer: CriteriaChoiceAnswer): Finding[] {
  if (!isTied(answer) || answer.tie_break?.trim()) return [];
  return [
    {
      pointer: '/tie_break',
      detail: 'must explain the tie: a selected and a rejected candidate have the same rating',
    },
  ];
}

/** Whether the lowest selected rating equals the highest rejected one. */
function isTied({ evaluations, selected_ids }: CriteriaChoiceAnswer): boolean {
  const ratings = (selected: boolean) =>
    evaluations
      .filter(({ criterion_id }) => selected_ids.includes(criterion_id) === selected)
      .map(({ rating }) => rating);
  const [inside, outside] = [ratings(true), ratings(false)];
  return inside.length > 0 && outside.length > 0 && Math.min(...inside) === Math.max(...outside);
}

/** Why each other candidate lost: its rating compared with the lowest selected one, and the evaluator's own words. */
export function rejections({
  evaluations,
  selected_ids,
}: CriteriaChoiceAnswer): { id: string; reason: string }[] {
  const lowest = Math.min(
    ...evaluations
      .filter(({ criterion_id }) => selected_ids.includes(criterion_id))
      .map(({ rating }) => rating),
  );
  return evaluations
    .filter(({ criterion_id }) => !selected_ids.includes(criterion_id))
    .map(({ criterion_id, rating, reasoning }) => ({
      id: criterion_id,
      reason: `rated ${rating}, the lowest selected ${lowest}: ${reasoning}`,
    }));
}
