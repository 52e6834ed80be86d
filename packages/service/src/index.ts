export { describeFile } from './files.ts';
export type { Module, RunFile, RunInput, Work } from './module.ts';
export { serve } from './serve.ts';
