import { type Baseline, inputHash } from './baseline.ts';
import { askedOf, nameOf } from './checks.ts';
import { holm, shownP } from './holm.ts';
import { type Direction, metricOf, shownNumber } from './metrics.ts';
import { smallestSeen } from './power.ts';
import { meanOf, type Stratum, significanceOf } from './significance.ts';
import { checksOf, type Suite, usualSignificance } from './suite.ts';

/** By goal and measure: one number a run. Of a noisy check it is 1 where it holds, and 0. */
export type Measures = Map<string, Map<string, number[]>>;

/** A measure of now, held against the baseline's. */
export interface ComparisonOutcome {
  name: string;
  passed: boolean;
  verdict: 'worse' | 'better' | 'no worse' | 'the same' | 'changed' | 'not known';
  better: Direction;
  least: number;
  /** Means over the goals; null where one side has no numbers. */
  before: number | null;
  now: number | null;
  /** Null for an exact comparison. */
  p: number | null;
  is_exact_test: boolean | null;
  goals: { goal: string; before: number[]; now: number[] }[];
  says: string;
}

/** A measure as the suite asks for it; `key` is its name in the baseline. */
export interface Measured {
  name: string;
  key: string;
  better: Direction;
  least: number;
  isExact: boolean;
}

/** Of a noisy check, the smallest change of the share of runs that matters. */
const leastShare = 0.1;

export function compared(
  suite: Suite,
  measures: Measures,
  baseline: Baseline | null,
): { outcomes: ComparisonOutcome[]; notes: string[] } {
  if (baseline === null) return { outcomes: [], notes: [] };
  const known = suite.goals.filter((entry) => baseline.goals[entry.id]?.input === inputHash(suite, entry));
  // That none is known is told as a check that does not hold.
  if (known.length === 0) return { outcomes: [], notes: [] };
  const sides = measuredBy(suite).map((measure) => ({
    measure,
    goals: known
      .map(({ id }) => ({
        goal: id,
        before: baselineNumbers(baseline, id, measure),
        now: measures.get(id)?.get(measure.key) ?? [],
      }))
      .filter(({ before, now }) => before.length + now.length > 0),
  }));
  const tested = sides
    .filter(({ measure }) => !measure.isExact)
    .map((side) => ({ ...side, test: significanceOf(side.goals, side.measure.better) }));
  const significance = suite.significance ?? usualSignificance;
  const tests = tested.map(({ measure, test }) => ({ measure, p: test.p }));
  const significant = new Set([...holm(tests, significance)].map(({ measure }) => measure));
  const outcomes = sides.map(({ measure, goals }) => {
    const side = tested.find((other) => other.measure === measure);
    return side
      ? noisy(measure, goals, { ...side.test, isSignificant: significant.has(measure) })
      : exact(measure, goals);
  });
  const told = tested.filter(({ goals }) => goals.length > 0);
  const few = tooFew(
    suite,
    told.map(({ measure, test }) => ({ name: measure.name, least_p: test.least_p })),
  );
  const level = significance / tested.length;
  const isWorse = new Set(outcomes.filter(({ passed }) => !passed).map(({ name }) => name));
  const seen = told
    .filter(({ test, measure }) => test.least_p <= level && !isWorse.has(measure.name))
    .map(({ measure, goals }) => ({ ...measure, seen: smallestSeen(goals, level) }))
    .filter(({ seen, least }) => seen > least);
  const noise = seen.map(({ name, seen }) => `${name} from ${Number(seen.toPrecision(2))} on`).join(', ');
  const notes =
    seen.length === 0
      ? []
      : [
          `with runs so few and so different, a change is found in 8 of 10 evals only if it is large: ${noise}`,
        ];
  return { outcomes, notes: [...few, ...notes] };
}

/** What a baseline has of a goal; nothing where it does not know the measure. */
export function baselineNumbers({ goals }: Baseline, goal: string, { key }: Measured): number[] {
  const numbers = goals[goal]?.numbers ?? {};
  return Object.hasOwn(numbers, key) ? (numbers[key] ?? []) : [];
}

/** Says of which measures no change can be told from noise, however large: there are not the runs. */
export function tooFew(suite: Suite, noisy: { name: string; least_p: number }[]): string[] {
  const tests = measuredBy(suite).filter(({ isExact }) => !isExact).length;
  const level = (suite.significance ?? usualSignificance) / tests;
  const few = noisy.filter(({ least_p }) => least_p > level);
  if (few.length === 0) return [];
  return [
    `too few runs to tell noise from a change in ${few.map(({ name }) => name).join(', ')}: ` +
      `p cannot be below ${shownP(Math.max(...few.map(({ least_p }) => least_p)))}, ` +
      `and must be at most ${shownP(level)}; more repeats or goals are needed`,
  ];
}

/** Everything that a suite holds against its baseline. */
export function measuredBy(suite: Suite): Measured[] {
  const ofMetrics = (suite.compare ?? []).map(({ metric, better, least, exact = false }): Measured => {
    const usual = metricOf(metric);
    return {
      name: metric,
      key: metric,
      better: (better as Direction | undefined) ?? usual.better,
      least: least ?? (exact ? 0 : usual.least),
      isExact: exact,
    };
  });
  const checks = suite.goals.flatMap((entry) => checksOf(suite, entry)).filter(({ noisy }) => noisy);
  const byKey = new Map(checks.map((check) => [askedOf(check), check]));
  const ofChecks = [...byKey].map(
    ([key, check]): Measured => ({
      name: nameOf(check),
      key,
      better: 'higher',
      least: leastShare,
      isExact: false,
    }),
  );
  return [...ofMetrics, ...ofChecks];
}

type Side = Stratum & { goal: string };

function noisy(
  measure: Measured,
  goals: Side[],
  test: { change: number; p: number; is_exact: boolean; isSignificant: boolean },
): ComparisonOutcome {
  const base = basis(measure, goals);
  const { change, p, is_exact, isSignificant } = test;
  const isUnknown = unknown(goals, base);
  if (isUnknown) return isUnknown;
  const isWorse = isSignificant && badness(change, measure.better) >= Math.max(measure.least, 1e-12);
  const words = `${shownNumber(base.before ?? 0)} → ${shownNumber(base.now ?? 0)}`;
  const kind = is_exact ? 'exact permutation test' : 'permutation test';
  const verdict = isWorse ? (measure.better === 'same' ? 'changed' : 'worse') : 'no worse';
  return {
    ...base,
    passed: !isWorse,
    verdict,
    p,
    is_exact_test: is_exact,
    says: `${words}, ${verdict} (p = ${shownP(p)}, ${kind}; a change of ${shownNumber(measure.least)} matters)`,
  };
}

/** Without noise a change of one goal is a change, and so is one of a single run. */
function exact(measure: Measured, goals: Side[]): ComparisonOutcome {
  const base = basis(measure, goals);
  const isUnknown = unknown(goals, base);
  if (isUnknown) return isUnknown;
  const changes = goals.flatMap((side) => {
    const change = worstChange(side, measure.better);
    return Math.abs(change) <= slackOf(side) ? [] : [{ ...side, change }];
  });
  const bad = changes.filter(({ change }) => badness(change, measure.better) > measure.least * (1 + 1e-9));
  const shown = (bad.length > 0 ? bad : changes).map(
    ({ goal, before, now }) => `${goal} ${different(before)} → ${different(now)}`,
  );
  const isFailed = bad.length > 0;
  const worse = measure.better === 'same' ? 'changed' : 'worse';
  const verdict = isFailed ? worse : changes.length === 0 ? 'the same' : 'better';
  return {
    ...base,
    passed: !isFailed,
    verdict,
    says:
      changes.length === 0 ? `${shownNumber(base.now ?? 0)}, the same` : `${verdict}: ${shown.join('; ')}`,
  };
}

/** Of the best and the worst run of each side, the change that is the greater, or the worse. */
function worstChange({ before, now }: Side, better: Direction): number {
  const changes = [Math.min(...now) - Math.min(...before), Math.max(...now) - Math.max(...before)];
  return changes.reduce((one, other) => (badness(other, better) > badness(one, better) ? other : one));
}

/** Fractions are kept to six digits, and the last may change with the order of a sum; counts are kept whole. */
function slackOf({ before, now }: Side): number {
  return [...before, ...now].every(Number.isInteger) ? 0 : 2e-6 * Math.abs(meanOf(before));
}

function different(numbers: number[]): string {
  return [...new Set(numbers.map(shownNumber))].join(' or ');
}

/** How much worse a change makes it; negative where it makes it better. */
function badness(change: number, better: Direction): number {
  return better === 'higher' ? -change : better === 'lower' ? change : Math.abs(change);
}

function basis(
  { name, better, least }: Measured,
  goals: Side[],
): Omit<ComparisonOutcome, 'passed' | 'verdict' | 'says'> {
  const both = goals.filter(({ before, now }) => before.length > 0 && now.length > 0);
  const mean = (side: 'before' | 'now') =>
    both.length === 0 ? null : meanOf(both.map((goal) => meanOf(goal[side])));
  return {
    name,
    better,
    least,
    before: mean('before'),
    now: mean('now'),
    p: null,
    is_exact_test: null,
    goals,
  };
}

/** A goal whose number only one side has cannot be judged, and fails; null where every goal can. */
function unknown(
  goals: Side[],
  base: Omit<ComparisonOutcome, 'passed' | 'verdict' | 'says'>,
): ComparisonOutcome | null {
  const named = (lacking: 'before' | 'now') =>
    goals.filter((side) => side[lacking].length === 0).map(({ goal }) => goal);
  const [isNew, isLost] = [named('before'), named('now')];
  if (goals.length > 0 && isNew.length + isLost.length === 0) return null;
  const says = [
    ...(isLost.length > 0 ? [`the baseline has it for ${isLost.join(', ')}, these runs do not`] : []),
    ...(isNew.length > 0 ? [`the baseline does not have it for ${isNew.join(', ')}: --update-baseline`] : []),
  ];
  return {
    ...base,
    passed: says.length === 0,
    verdict: 'not known',
    says: says.join('; ') || 'no run has it, here or in the baseline',
  };
}
