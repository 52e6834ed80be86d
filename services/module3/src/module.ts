import { checkGiven, checkIdsOf, type Module3Adds, type Module3Input, moduleInfo } from '@agento/contracts';
import type { Module } from '@agento/service';
import { run } from './run.ts';

export const module: Module<Module3Input, Module3Adds> = {
  info: moduleInfo(3),
  checkInput: (input) => [
    ...checkGiven(input),
    ...checkIdsOf('/selected_outline/plan_items', input.selected_outline.plan_items),
  ],
  run,
};
