import { isLive, type Output } from '../terminal.ts';
import { liveProgress } from './live.ts';
import { plainProgress } from './plain.ts';
import type { Progress } from './view.ts';

/** Bars on a terminal, one line a step in a pipe. */
export function createProgress(output: Output, env: NodeJS.ProcessEnv): Progress {
  return isLive(output, env) ? liveProgress(output, env) : plainProgress(output, env);
}
