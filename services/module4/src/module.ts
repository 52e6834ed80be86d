import {
  checkGiven,
  checkVerdicts,
  type Finding,
  type Module4Adds,
  type Module4Input,
  moduleInfo,
  timesOf,
} from '@agento/contracts';
import type { Module } from '@agento/service';
import { run } from './run.ts';

export const module: Module<Module4Input, Module4Adds> = {
  info: moduleInfo(4),
  checkInput: (input) => [...checkGiven(input), ...checkVerdicts(input), ...everyVerdict(input)],
  run,
};

const mostFindings = 16;

/** Every item of the expanded plan has one verdict on every selected criterion, and there are no others. */
function everyVerdict({ expanded_outline, selected_criteria, evaluation_results }: Module4Input): Finding[] {
  const found: Finding[] = [];
  const place = (item: string, criterion: string) => JSON.stringify([item, criterion]);
  const timesAt = timesOf(
    evaluation_results.map(({ item_id, criterion_id }) => place(item_id, criterion_id)),
  );
  for (const item of expanded_outline.plan_items) {
    for (const criterion of selected_criteria) {
      const times = timesAt(place(item.id, criterion.id));
      if (times !== 1) {
        found.push({
          pointer: '/evaluation_results',
          detail: `must have one verdict on ${item.id} and ${criterion.id}, has ${times}`,
        });
      }
      // There may be as many pairs as bytes of input squared; so many findings say enough.
      if (found.length === mostFindings) return found;
    }
  }
  const items = new Set(expanded_outline.plan_items.map(({ id }) => id));
  const criteria = new Set(selected_criteria.map(({ id }) => id));
  evaluation_results.forEach(({ item_id, criterion_id }, index) => {
    if (items.has(item_id) && criteria.has(criterion_id)) return;
    found.push({
      pointer: `/evaluation_results/${index}/${items.has(item_id) ? 'criterion_id' : 'item_id'}`,
      detail: 'does not exist',
    });
  });
  return found;
}
