import { holm, shownP } from '../eval/holm.ts';
import { type MetricName, metricNames, metricOf, shownNumber } from '../eval/metrics.ts';
import { meanOf, significanceOf } from '../eval/significance.ts';
import { usualSignificance } from '../eval/suite.ts';
import type { Member } from './run-set.ts';

/** The numbers of a set; null where no run has one. */
export interface Spread {
  runs: number;
  mean: number;
  least: number;
  most: number;
}

/** A measure of both sets. */
export interface MeasureChange {
  name: MetricName;
  says: string;
  before: Spread | null;
  now: Spread | null;
  /** The mean over the goals of both; null where it could not be compared. */
  change: number | null;
  /** How likely so large a change is by chance alone, either way, runs exchanged within each goal. */
  p: number | null;
  verdict: 'the same' | 'hardly chance' | 'may be chance' | 'too few runs' | 'not compared';
  /** The verdict and p, for people. */
  sure: string;
  goals: { goal: string; before: number[]; now: number[] }[];
}

/** The runs of a goal, with its context, that both sets have. */
export interface SharedGoal {
  goal: string;
  before: Member[];
  now: Member[];
}

/**
 * Each measure of the goals that both sets have. The test exchanges runs within each goal (significanceOf); with one run a goal
 * in each set it is the paired one.
 */
export function measureChanges(
  before: Member[],
  now: Member[],
  shared: SharedGoal[],
): { measures: MeasureChange[]; tests: number } {
  const sides = metricNames.map((name) => {
    const goals = shared
      .map(({ goal, ...sides }) => ({
        goal,
        before: numbersOf(sides.before, name),
        now: numbersOf(sides.now, name),
      }))
      .filter(({ before, now }) => before.length > 0 && now.length > 0);
    return {
      name,
      goals,
      isConstant: goals.every((goal) => new Set([...goal.before, ...goal.now]).size === 1),
    };
  });
  const tests = sides
    .filter(({ goals, isConstant }) => goals.length > 0 && !isConstant)
    .map(({ name, goals }) => ({ name, ...significanceOf(goals, 'same') }));
  const found = new Set([...holm(tests, usualSignificance)].map(({ name }) => name));
  const measures = sides.map(({ name, goals, isConstant }): MeasureChange => {
    const isShared = goals.length > 0;
    const of = (members: Member[], side: 'before' | 'now') =>
      spreadOf(isShared ? goals.flatMap((goal) => goal[side]) : numbersOf(members, name));
    const basis = {
      name,
      says: metricOf(name).says,
      before: of(before, 'before'),
      now: of(now, 'now'),
      goals,
    };
    const test = tests.find((one) => one.name === name);
    if (!test) {
      const verdict = isShared && isConstant ? 'the same' : 'not compared';
      return { ...basis, change: isShared ? 0 : null, p: null, verdict, sure: verdict };
    }
    const { p, change } = test;
    if (found.has(name)) {
      return { ...basis, change, p, verdict: 'hardly chance', sure: `hardly chance (p = ${shownP(p)})` };
    }
    if (test.least_p > usualSignificance / tests.length) {
      const sure = `too few runs (p is at least ${shownP(test.least_p)})`;
      return { ...basis, change, p, verdict: 'too few runs', sure };
    }
    return { ...basis, change, p, verdict: 'may be chance', sure: `may be chance (p = ${shownP(p)})` };
  });
  return { measures, tests: tests.length };
}

/** `0.8 (0.6 to 1)`; one number where all runs have the same. */
export function spreadWords(spread: Spread | null): string {
  if (!spread) return '–';
  const { mean, least, most } = spread;
  return least === most ? shownNumber(mean) : `${rounded(mean)} (${rounded(least)} to ${rounded(most)})`;
}

/** Large numbers need no digits behind the point. */
export function rounded(number: number): string {
  return Math.abs(number) >= 100 ? String(Math.round(number)) : String(Number(number.toPrecision(3)));
}

function numbersOf(members: Member[], name: MetricName): number[] {
  return members.flatMap(({ numbers }) => numbers[name] ?? []);
}

function spreadOf(numbers: number[]): Spread | null {
  if (numbers.length === 0) return null;
  return {
    runs: numbers.length,
    mean: meanOf(numbers),
    least: Math.min(...numbers),
    most: Math.max(...numbers),
  };
}
