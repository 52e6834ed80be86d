import { checkGiven, type Module2Adds, Module2Input, Module2Output, moduleInfo } from '@agento/contracts';
import type { Module } from '@agento/service';
import { run } from './run.ts';

export const module: Module<Module2Input, Module2Adds> = {
  info: moduleInfo(2),
  input: Module2Input,
  output: Module2Output,
  checkInput: checkGiven,
  run,
};
