import { checkGiven, type Module6Adds, type Module6Input, moduleInfo } from '@agento/contracts';
import type { Module } from '@agento/service';
import { run } from './run.ts';

export const module: Module<Module6Input, Module6Adds> = {
  info: moduleInfo(6),
  checkInput: checkGiven,
  run,
};
