import type { Direction } from './metrics.ts';
import { seeded } from './seeded.ts';

/** One goal's numbers: of the baseline, and of now. */
export interface Stratum {
  before: number[];
  now: number[];
}

export interface Significance {
  /** The mean over the goals of (mean now less mean before). */
  change: number;
  /** How likely a change at least as bad is if nothing changed: if it were chance which runs are of now. */
  p: number;
  /** The smallest that so many runs can give. */
  least_p: number;
  /** Whether every arrangement was counted, or a fixed sample of them. */
  is_exact: boolean;
}

/** Most different sums that are counted out, of one goal on the way and of all; beyond it, so many arrangements are drawn. */
const mostOfGoal = 50_000;
const mostCounted = 500_000;
const drawn = 20_000;

/**
 * A permutation test, stratified by goal: within each goal the runs of before and now are exchanged in every way, and p is
 * the share of arrangements whose change is at least as bad as the one found. It assumes nothing of how the numbers
 * are spread, and is exact for few runs. With `same` it looks at both sides.
 */
export function significanceOf(strata: Stratum[], better: Direction): Significance {
  const judged = strata.filter(({ before, now }) => before.length > 0 && now.length > 0);
  const change = judged.reduce((sum, stratum) => sum + changeOf(stratum), 0) / Math.max(1, judged.length);
  const least_p = leastP(
    judged.map(({ before, now }) => [before.length, now.length]),
    better,
  );
  if (judged.length === 0) return { change: 0, p: 1, least_p: 1, is_exact: true };
  const isAsBad = (sum: number) => {
    const slack = 1e-9 * (1 + Math.abs(change));
    const other = sum / judged.length;
    if (better === 'higher') return other <= change + slack;
    if (better === 'lower') return other >= change - slack;
    return Math.abs(other) >= Math.abs(change) - slack;
  };
  const counted = countedSums(judged);
  if (counted === null) return { change, p: drawnShare(judged, isAsBad), least_p, is_exact: false };
  let bad = 0;
  let all = 0;
  for (const [sum, weight] of counted) {
    all += weight;
    if (isAsBad(sum)) bad += weight;
  }
  return { change, p: bad / all, least_p, is_exact: true };
}

/** The smallest p that so many runs can give, of each goal those before and now. */
export function leastP(sizes: (readonly [before: number, now: number])[], better: Direction): number {
  const arrangements = sizes.reduce((product, [before, now]) => product * choose(before + now, now), 1);
  return Math.min(1, (better === 'same' ? 2 : 1) / arrangements);
}

function changeOf({ before, now }: Stratum): number {
  return meanOf(now) - meanOf(before);
}

export function meanOf(numbers: number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

function choose(all: number, some: number): number {
  let ways = 1;
  for (let index = 1; index <= some; index++) ways = (ways * (all - some + index)) / index;
  return Math.round(ways);
}

/** Every sum of changes and in how many arrangements it comes; null where there are too many to count. */
function countedSums(strata: Stratum[]): Map<number, number> | null {
  let sums = new Map([[0, 1]]);
  for (const stratum of strata) {
    const own = changesOf(stratum);
    if (own === null || own.size * sums.size > mostCounted) return null;
    const next = new Map<number, number>();
    for (const [sum, weight] of sums)
      for (const [change, ways] of own) add(next, sum + change, weight * ways);
    sums = next;
  }
  return sums;
}

/** The changes of one goal over all arrangements, built run by run: [taken as now, their sum] to ways. */
function changesOf({ before, now }: Stratum): Map<number, number> | null {
  const all = [...before, ...now];
  const total = all.reduce((sum, number) => sum + number, 0);
  let bySize: Map<number, number>[] = [new Map([[0, 1]])];
  for (const number of all) {
    const next = bySize.map((sums) => new Map(sums));
    for (const [size, sums] of bySize.entries()) {
      if (size === now.length) continue;
      next[size + 1] ??= new Map();
      for (const [sum, ways] of sums) add(next[size + 1] as Map<number, number>, sum + number, ways);
    }
    if (next.reduce((all, sums) => all + sums.size, 0) > mostOfGoal) return null;
    bySize = next;
  }
  const changes = new Map<number, number>();
  for (const [sum, ways] of bySize[now.length] ?? [])
    add(changes, sum / now.length - (total - sum) / before.length, ways);
  return changes;
}

/** Sums that differ by rounding alone are the same. */
function add(sums: Map<number, number>, sum: number, weight: number): void {
  const key = Number(sum.toPrecision(12));
  sums.set(key, (sums.get(key) ?? 0) + weight);
}

/** The share of drawn arrangements that are as bad; the one found counts as drawn, so that it is never 0. */
function drawnShare(strata: Stratum[], isAsBad: (sum: number) => boolean): number {
  const random = seeded(0x5eed);
  let bad = 1;
  for (let draw = 0; draw < drawn; draw++) {
    let sum = 0;
    for (const { before, now } of strata) {
      const all = [...before, ...now];
      for (let place = 0; place < now.length; place++) {
        const other = place + Math.floor(random() * (all.length - place));
        [all[place], all[other]] = [all[other] as number, all[place] as number];
      }
      sum += meanOf(all.slice(0, now.length)) - meanOf(all.slice(now.length));
    }
    if (isAsBad(sum)) bad++;
  }
  return bad / (drawn + 1);
}
