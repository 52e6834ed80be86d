import { type EndOutput, outcomeText } from '@agento/contracts';
import type { Ending } from './ending.ts';

/** How a run ended and what came of it, as text for a list of runs. */
export function endingText(ending: Exclude<Ending, { state: 'suspended' }>): string {
  if (ending.state === 'finished') return outcomeText(JSON.parse(ending.output.text) as EndOutput);
  if (ending.state === 'waiting_for_review') return 'waiting for a person to review its revisions';
  return `${ending.state}: ${ending.problem.detail}`;
}
