import {
  checkEntries,
  checkGiven,
  checkVerdicts,
  type Finding,
  type Module4Adds,
  type Module4Input,
  moduleInfo,
} from '@agento/contracts';
import type { Module } from '@agento/service';
import { requests } from './requests.ts';
import { run } from './run.ts';

export const module: Module<Module4Input, Module4Adds> = {
  info: moduleInfo(4),
  checkInput: (input) => [...checkGiven(input), ...checkVerdicts(input), ...everyVerdict(input)],
  run,
  requests,
};

/** Checks that every item of the expanded plan has exactly one verdict on every selected criterion. */
function everyVerdict({ expanded_outline, selected_criteria, evaluation_results }: Module4Input): Finding[] {
  // Lazily: there may be quadratically many in the size of the input.
  function* pairs() {
    for (const { id: item_id } of expanded_outline.plan_items) {
      for (const { id: criterion_id } of selected_criteria) yield { item_id, criterion_id };
    }
  }
  return checkEntries('/evaluation_results', evaluation_results, ['item_id', 'criterion_id'], pairs());
}
