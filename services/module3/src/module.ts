import { type Finding, type Module3Adds, Module3Input, Module3Output, moduleInfo } from '@agento/contracts';
import type { Module } from '@agento/service';
import { run } from './run.ts';

export const module: Module<Module3Input, Module3Adds> = {
  info: moduleInfo(3),
  input: Module3Input,
  output: Module3Output,
  checkInput: uniqueItems,
  run,
};

/** Everything later is matched by the items' ids, so two items must not share one. */
function uniqueItems({ selected_outline }: Module3Input): Finding[] {
  const before = new Set<string>();
  return selected_outline.plan_items.flatMap(({ id }, index) => {
    const isUsed = before.has(id);
    before.add(id);
    return isUsed
      ? [{ pointer: `/selected_outline/plan_items/${index}/id`, detail: 'is used by an item before it' }]
      : [];
  });
}
