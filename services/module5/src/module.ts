import {
  checkGiven,
  checkKeys,
  checkVerdicts,
  decisionFindings,
  type Finding,
  type Module5Adds,
  type Module5Input,
  moduleInfo,
} from '@agento/contracts';
import type { Module } from '@agento/service';
import { run } from './run.ts';

export const module: Module<Module5Input, Module5Adds> = {
  info: moduleInfo(5),
  checkInput: (input) => [
    ...checkGiven(input),
    ...checkVerdicts(input),
    ...knownItems(input),
    ...knownRequests(input),
  ],
  run,
};

/**
 * Checks that each detail belongs to a different item, every approval has its request, and every target is a criterion.
 */
function knownItems({ expanded_outline, item_details, selected_criteria }: Module5Input): Finding[] {
  const items = new Set(expanded_outline.plan_items.map(({ id }) => id));
  const criteria = new Set(selected_criteria.map(({ id }) => id));
  return [
    ...checkKeys(
      item_details.map(({ item_id }) => item_id),
      (index) => `/item_details/${index}/item_id`,
      (id) => (items.has(id) ? null : 'is not an item of the expanded plan'),
    ),
    ...item_details.flatMap(({ revision_request, revision_evaluation }, index): Finding[] => {
      const pointer = `/item_details/${index}/revision_request`;
      if (revision_evaluation && !revision_request)
        return [{ pointer, detail: 'must not be null if revision_evaluation is set' }];
      const strange = revision_request?.targeted_criteria.findIndex((id) => !criteria.has(id)) ?? -1;
      return strange < 0
        ? []
        : [{ pointer: `${pointer}/targeted_criteria/${strange}`, detail: 'is not a criterion' }];
    }),
  ];
}

/** Checks what people decided. */
function knownRequests({ item_details, human_review: review }: Module5Input): Finding[] {
  const requests = item_details.flatMap(({ revision_request }) => revision_request?.id ?? []);
  return decisionFindings(review?.decisions ?? [], requests, '/human_review/decisions');
}
