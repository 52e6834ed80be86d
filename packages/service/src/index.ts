export type { Module, RunFile, RunInput, Work } from './module.ts';
export { describeFile } from './runs/files.ts';
export { serve } from './serve.ts';
