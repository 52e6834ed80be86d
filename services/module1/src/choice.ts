import type { CriteriaChoiceAnswer, Finding, SuccessCriterion } from '@agento/contracts';

/** The evaluator's answer with the criteria it selected. */
export type Choice = CriteriaChoiceAnswer & { selected: SuccessCriterion[] };

/** The choice is usable when every candidate is judged once and the selected ones exist. */
export function checkChoice(answer: CriteriaChoiceAnswer, candidates: SuccessCriterion[]): Finding[] {
  const found: Finding[] = [];
  const known = new Set(candidates.map(({ id }) => id));
  const judged = answer.evaluations.map(({ criterion_id }) => criterion_id);
  for (const id of known) {
    const times = judged.filter((entry) => entry === id).length;
    if (times !== 1)
      found.push({ pointer: '/evaluations', detail: `must judge ${id} once, judges it ${times} times` });
  }
  const unknown = (pointer: (index: number) => string) => (id: string, index: number) => {
    if (!known.has(id)) found.push({ pointer: pointer(index), detail: 'is no candidate' });
  };
  judged.forEach(unknown((index) => `/evaluations/${index}/criterion_id`));
  answer.selected_ids.forEach(unknown((index) => `/selected_ids/${index}`));
  if (new Set(answer.selected_ids).size !== answer.selected_ids.length) {
    found.push({ pointer: '/selected_ids', detail: 'must not name a candidate twice' });
  }
  if (found.length === 0 && isTied(answer) && !answer.tie_break?.trim()) {
    found.push({
      pointer: '/tie_break',
      detail: 'must say why, since a selected and a rejected candidate have the same rating',
    });
  }
  return found;
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

/** Why each other candidate lost: its rating against the lowest selected one, and the evaluator's own words. */
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
