import { inParallel } from './parallel.ts';
import { type Outcome, outcomeOf } from './plans.ts';
import { follow } from './runs.ts';
import { startSystem } from './system.ts';

/** What every goal comes to when nobody is killed. */
export type Undisturbed = ReadonlyMap<string, Outcome>;

const atOnce = 4;

/** Runs every goal in peace. @throws if one does not finish */
export async function undisturbed(goals: readonly string[]): Promise<Undisturbed> {
  const system = await startSystem('folder', 0);
  const never = new AbortController().signal;
  try {
    const outcomes = new Map<string, Outcome>();
    await inParallel(goals, atOnce, async (goal) => {
      const { runId, end } = await follow(system.url, goal, never);
      if (end?.state !== 'finished') throw new Error(`“${goal}” ended ${end?.state} with nobody killed`);
      outcomes.set(goal, await outcomeOf(system.store, runId));
    });
    return outcomes;
  } finally {
    await system.stop();
  }
}

/** How many calls of the model they take. */
export function callsOf(goals: Undisturbed): number {
  return [...goals.values()].reduce((sum, { calls }) => sum + calls, 0);
}
