import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from './random.ts';
import type { System } from './system.ts';
import type { Kill } from './takeovers.ts';

/** A kill comes up to so long after its turn, in milliseconds: so it also hits what happens between two calls. */
const mostDelayMs = 400;
/** Postgres is gone for up to so long, in milliseconds. */
const mostOutageMs = 3_000;
/** A frozen replica is taken for dead after 4 s: it wakes around that time, or long after. */
const frozenMs = { least: 3_000, most: 12_000 };
const lookMs = 10;

export interface Disturbances {
  kills: Kill[];
  /** How many processes were frozen and woken. */
  freezes: number;
  postgresRestarts: number;
}

/**
 * Kills and freezes processes at random, and restarts Postgres; their moments are spread over the calls that the runs will make, not
 * over time, so that a slow machine kills as often as a fast one.
 *
 * @param calls how many requests the runs take if nobody is killed
 * @param over aborted when the runs have ended
 * @param done what has been done so far, kept up to date
 */
export async function disturb(
  system: System,
  random: Random,
  plan: { kills: number; freezes: number; postgresRestarts: number; calls: number },
  done: Disturbances,
  over: AbortSignal,
): Promise<void> {
  const moments = (count: number) =>
    Array.from({ length: count }, () => random.fraction() * plan.calls).sort((a, b) => a - b);
  const atMoments = async (count: number, act: () => Promise<void>) => {
    for (const moment of moments(count)) {
      while (!over.aborted && (await system.asked()) < moment) await delay(lookMs);
      if (!over.aborted) await act();
    }
  };
  await Promise.all([
    atMoments(plan.kills, async () => {
      await delay(random.fraction() * mostDelayMs);
      let victim = random.pick(system.services);
      while (!victim.kill()) victim = random.pick(system.services);
      done.kills.push({ module: victim.number, at: Date.now() });
    }),
    atMoments(plan.freezes, async () => {
      let wake = random.pick(system.services).freeze();
      while (!wake) wake = random.pick(system.services).freeze();
      await delay(frozenMs.least + random.fraction() * (frozenMs.most - frozenMs.least));
      wake();
      done.freezes += 1;
    }),
    atMoments(plan.postgresRestarts, async () => {
      await system.postgres?.stop();
      await delay(random.fraction() * mostOutageMs);
      await system.postgres?.start();
      done.postgresRestarts += 1;
    }),
  ]);
}
