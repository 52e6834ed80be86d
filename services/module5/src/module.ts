import {
  checkGiven,
  checkVerdicts,
  type Finding,
  type Module5Adds,
  type Module5Input,
  moduleInfo,
} from '@agento/contracts';
import type { Module } from '@agento/service';
import { run } from './run.ts';

export const module: Module<Module5Input, Module5Adds> = {
  info: moduleInfo(5),
  checkInput: (input) => [...checkGiven(input), ...checkVerdicts(input), ...knownItems(input)],
  run,
};

/** Every detail belongs to an item of the plan, every approval to a request, and every target is a criterion. */
function knownItems({ expanded_outline, item_details, selected_criteria }: Module5Input): Finding[] {
  const ids = new Set(expanded_outline.plan_items.map(({ id }) => id));
  const criteria = new Set(selected_criteria.map(({ id }) => id));
  const before = new Set<string>();
  return item_details.flatMap((detail, index): Finding[] => {
    const at = `/item_details/${index}`;
    if (!ids.has(detail.item_id)) {
      return [{ pointer: `${at}/item_id`, detail: 'is no item of the expanded plan' }];
    }
    if (before.size === before.add(detail.item_id).size) {
      return [{ pointer: `${at}/item_id`, detail: 'has a detail before this one' }];
    }
    if (detail.revision_evaluation && !detail.revision_request) {
      return [
        {
          pointer: `${at}/revision_request`,
          detail: 'must not be null where there is a revision_evaluation',
        },
      ];
    }
    const strange = detail.revision_request?.targeted_criteria.findIndex((id) => !criteria.has(id)) ?? -1;
    return strange < 0
      ? []
      : [{ pointer: `${at}/revision_request/targeted_criteria/${strange}`, detail: 'is no criterion' }];
  });
}
