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
import { run } from './run.ts';

export const module: Module<Module4Input, Module4Adds> = {
  info: moduleInfo(4),
  checkInput: (input) => [...checkGiven(input), ...checkVerdicts(input), ...everyVerdict(input)],
  run,
};

/** Every item of the expanded plan has one verdict on every selected criterion, and there are no others. */
function everyVerdict({ expanded_outline, selected_criteria, evaluation_results }: Module4Input): Finding[] {
  // One by one: there may be as many as bytes of input squared.
  function* pairs() {
    for (const { id: item_id } of expanded_outline.plan_items) {
      for (const { id: criterion_id } of selected_criteria) yield { item_id, criterion_id };
    }
  }
  return checkEntries('/evaluation_results', evaluation_results, ['item_id', 'criterion_id'], pairs());
}
