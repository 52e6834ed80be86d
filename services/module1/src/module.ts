import { type Module1Adds, type Module1Input, moduleInfo } from '@agento/contracts';
import type { Module } from '@agento/service';
import { run } from './run.ts';

export const module: Module<Module1Input, Module1Adds> = {
  info: moduleInfo(1),
  run,
};
