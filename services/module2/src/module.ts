import { checkGiven, type Module2Adds, type Module2Input, moduleInfo } from '@agento/contracts';
import type { Module } from '@agento/service';
import { run } from './run.ts';

export const module: Module<Module2Input, Module2Adds> = {
  info: moduleInfo(2),
  checkInput: checkGiven,
  run,
};
