import { type Module1Adds, Module1Input, Module1Output, moduleInfo } from '@agento/contracts';
import type { Module } from '@agento/service';
import { run } from './run.ts';

export const module: Module<Module1Input, Module1Adds> = {
  info: moduleInfo(1),
  input: Module1Input,
  output: Module1Output,
  run,
};
