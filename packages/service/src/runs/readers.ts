import type { ServerResponse } from 'node:http';
import { ProblemError, problem } from '../problem.ts';
import type { ServiceSettings } from '../service-settings.ts';

/** Most that follow runs at the same time, besides one for each run there may be: the module before reads for its callers. */
const mostOthers = 256;

/** Admits those who follow a run, until their response is closed; or says at once that there are too many. */
export function readers({ maxRuns, maxQueued }: ServiceSettings): (response: ServerResponse) => void {
  const most = maxRuns + maxQueued + mostOthers;
  let now = 0;
  return (response) => {
    if (now >= most) {
      const detail = `The service already has ${most} readers of events. Try again shortly.`;
      throw new ProblemError(problem('busy', 503, detail));
    }
    now += 1;
    response.once('close', () => {
      now -= 1;
    });
  };
}
