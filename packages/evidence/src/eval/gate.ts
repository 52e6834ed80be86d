import type { RunReading } from '../reading/index.ts';
import { unjudgedBy } from './audit-check.ts';
import { type Baseline, inputHash } from './baseline.ts';
import { askedOf, checkedIn, nameOf } from './checks.ts';
import { type ComparisonOutcome, compared, type Measures, measuredBy } from './comparisons.ts';
import { type MetricName, metricOf, metrics, shownNumber } from './metrics.ts';
import { type Case, type Check, checksOf, repeatsOf, type Suite } from './suite.ts';

/** One run of a suite. `reading` is null where there is none, and `problem` says why. */
export interface SuiteRun {
  goal: string;
  /** From 1. */
  repeat: number;
  run_id: string | null;
  reading: RunReading | null;
  problem: string | null;
}

/** A thing that must hold, of one goal (`goal`) or of the suite. */
export interface CheckOutcome {
  goal: string | null;
  name: string;
  passed: boolean;
  /** Whether it says what the baseline lacks, so that --update-baseline mends it. */
  is_of_baseline?: true;
  /** In words; of a check that does not hold, a line for each run in which it does not. */
  says: string[];
}

export interface GateReport {
  suite: string;
  passed: boolean;
  runs: number;
  cost_usd: number | null;
  checks: CheckOutcome[];
  comparisons: ComparisonOutcome[];
  /** What is no failure and yet should be known. */
  notes: string[];
}

/** Judges the runs of a suite by its checks and budgets and, where there is a baseline, against that. */
export function judged(
  suite: Suite,
  runs: SuiteRun[],
  { baseline, seconds }: { baseline: Baseline | null; seconds: number },
): GateReport {
  const checks = [
    ...suite.goals.flatMap((entry) => ofGoal(suite, entry, runs)),
    ...suiteBudgets(suite, runs, seconds),
    ...baselineChecks(suite, baseline),
  ];
  const { outcomes, notes } = compared(suite, measuresOf(suite, runs), baseline);
  const costs = runs.map(({ reading }) => (reading ? metrics.cost_usd.of(reading) : 0));
  return {
    suite: suite.suite,
    passed: checks.every(({ passed }) => passed) && outcomes.every(({ passed }) => passed),
    runs: runs.length,
    cost_usd: costs.includes(null) ? null : costs.reduce<number>((sum, cost) => sum + (cost ?? 0), 0),
    checks,
    comparisons: outcomes,
    notes: [
      ...notes,
      ...suite.goals.flatMap((entry) => unjudgedIn(suite, entry, runs)),
      ...(baseline === null ? [] : [...lostGoals(suite, baseline), ...changedBy(runs, baseline)]),
    ],
  };
}

function measuresOf(suite: Suite, runs: SuiteRun[]): Measures {
  return new Map(
    suite.goals.map((entry) => {
      const readings = readingsOf(entry, runs);
      const ofMetrics = (suite.compare ?? []).map(({ metric }): [string, number[]] => [
        metric,
        readings.flatMap((reading) => metricOf(metric).of(reading) ?? []).map(rounded),
      ]);
      const ofChecks = checksOf(suite, entry)
        .filter(({ noisy }) => noisy)
        .map((check): [string, number[]] => [
          askedOf(check),
          checkedIn(check, readings).map(({ holds }) => (holds ? 1 : 0)),
        ]);
      return [entry.id, new Map([...ofMetrics, ...ofChecks])];
    }),
  );
}

/** The baseline that these runs make. */
export function baselineOf(suite: Suite, runs: SuiteRun[]): Baseline {
  const measures = measuresOf(suite, runs);
  const { prompts, models } = madeWith(runs);
  return {
    suite: suite.suite,
    prompts,
    models,
    goals: Object.fromEntries(
      suite.goals.map((entry) => [
        entry.id,
        {
          input: inputHash(suite, entry),
          numbers: Object.fromEntries(
            [...(measures.get(entry.id) ?? [])].map(([name, numbers]) => [
              name,
              numbers.toSorted((one, other) => one - other),
            ]),
          ),
        },
      ]),
    ),
  };
}

/** Fractions to six digits: more would change with the order of a sum. */
const rounded = (number: number) => (Number.isInteger(number) ? number : Number(number.toPrecision(6)));

function readingsOf({ id }: Case, runs: SuiteRun[]): RunReading[] {
  return runs.flatMap(({ goal, reading }) => (goal === id && reading ? [reading] : []));
}

function ofGoal(suite: Suite, entry: Case, all: SuiteRun[]): CheckOutcome[] {
  const runs = all.filter(({ goal }) => goal === entry.id);
  const wanted = repeatsOf(suite, entry);
  const checks = checksOf(suite, entry);
  const ends = checks.some(({ outcome }) => outcome !== undefined);
  const ran = runs.map((run) => {
    if (run.reading === null) return { run, holds: false, why: run.problem ?? 'it has no trace' };
    const { outcome, error } = run.reading;
    const isEnded = ends || ['published', 'held', 'stopped'].includes(outcome);
    return { run, holds: isEnded, why: `it ${outcome}${error ? `: ${error.type}, ${error.message}` : ''}` };
  });
  const missing = wanted - runs.length;
  const finished: CheckOutcome = {
    goal: entry.id,
    name: 'runs to its end',
    passed: missing <= 0 && ran.every(({ holds }) => holds),
    says: [
      ...wordsOf(ran, wanted),
      ...(missing > 0 ? [`${missing} of ${wanted} runs were not begun: the suite’s budget is spent`] : []),
    ],
  };
  const read = runs.flatMap((run) => (run.reading ? [{ run, reading: run.reading }] : []));
  const hard = [...checks.filter(({ noisy }) => !noisy), ...budgetChecks(suite)];
  return [
    finished,
    ...hard.map((check) => {
      const results = checkedIn(
        check,
        read.map(({ reading }) => reading),
      );
      const found = read.flatMap(({ run }, index) => {
        const result = results[index];
        return result ? [{ run, ...result }] : [];
      });
      return {
        goal: entry.id,
        name: nameOf(check),
        passed: found.every(({ holds }) => holds),
        says: wordsOf(found, read.length),
      };
    }),
  ];
}

/** The budget of a run, as checks. */
function budgetChecks({ budgets }: Suite): Check[] {
  const budget = budgets?.run ?? {};
  return (['cost_usd', 'seconds'] as const satisfies MetricName[]).flatMap((metric) => {
    const most = budget[metric];
    return most === undefined
      ? []
      : [{ metric, at_most: most, name: `budget of a run: ${metric} at most ${most}` }];
  });
}

function wordsOf(found: { run: SuiteRun; holds: boolean; why: string }[], of: number): string[] {
  const failed = found.filter(({ holds }) => !holds);
  if (failed.length === 0) return [`in ${found.length} of ${of}`];
  return failed.map(
    ({ run, why }) => `run ${run.repeat}${run.run_id ? ` (${run.run_id.slice(0, 8)})` : ''}: ${why}`,
  );
}

function suiteBudgets({ budgets }: Suite, runs: SuiteRun[], seconds: number): CheckOutcome[] {
  const { cost_usd, seconds: time } = budgets?.suite ?? {};
  const outcomes: CheckOutcome[] = [];
  if (cost_usd !== undefined) {
    const costs = runs.flatMap(({ reading }) => (reading ? [metrics.cost_usd.of(reading)] : []));
    const spent = costs.reduce<number>((sum, cost) => sum + (cost ?? 0), 0);
    const isKnown = !costs.includes(null);
    outcomes.push({
      goal: null,
      name: `budget of the suite: cost_usd at most ${cost_usd}`,
      passed: isKnown && spent <= cost_usd,
      says: [
        isKnown
          ? `it cost ${shownNumber(spent)}`
          : 'what it cost is not known, for a model has no price: no further run was begun',
      ],
    });
  }
  if (time !== undefined) {
    outcomes.push({
      goal: null,
      name: `budget of the suite: seconds at most ${time}`,
      passed: seconds <= time,
      says: [`it took ${Math.round(seconds)} s`],
    });
  }
  return outcomes;
}

/** Rules of the audit that looked at nothing: a check of them holds, whatever the runs are like. */
function unjudgedIn(suite: Suite, entry: Case, runs: SuiteRun[]): string[] {
  const readings = readingsOf(entry, runs);
  if (readings.length === 0) return [];
  return checksOf(suite, entry).flatMap(({ audit }) => {
    const silent = audit && unjudgedBy(audit, readings);
    return silent ? [`${entry.id}: ${silent}`] : [];
  });
}

/** What the baseline lacks: nothing can be held against that. */
function baselineChecks(suite: Suite, baseline: Baseline | null): CheckOutcome[] {
  const lacking = { name: 'baseline', passed: false, is_of_baseline: true } as const;
  if (measuredBy(suite).length === 0) return [];
  if (baseline === null) {
    return [{ goal: null, ...lacking, says: ['there is none to compare with: --update-baseline'] }];
  }
  return suite.goals.flatMap((entry) => {
    const known = Object.hasOwn(baseline.goals, entry.id) ? baseline.goals[entry.id] : undefined;
    if (known?.input === inputHash(suite, entry)) return [];
    const says = known
      ? 'its goal, context or options are not those of the baseline'
      : 'it is not in the baseline';
    return [{ goal: entry.id, ...lacking, says: [`${says}: --update-baseline`] }];
  });
}

/** Goals that only the baseline has: somebody took them out, or gave them another id. */
function lostGoals({ goals }: Suite, baseline: Baseline): string[] {
  const ids = new Set(goals.map(({ id }) => id));
  const lost = Object.keys(baseline.goals).filter((id) => !ids.has(id));
  return lost.length === 0 ? [] : [`the baseline has goals that the suite no longer has: ${lost.join(', ')}`];
}

function madeWith(runs: SuiteRun[]): { prompts: Record<string, string>; models: string[] } {
  const readings = runs.flatMap(({ reading }) => reading ?? []);
  const prompts = readings.flatMap((reading) =>
    reading.prompts.map(({ agent, version, sha256 }) => [agent, `${version} ${sha256.slice(0, 12)}`]),
  );
  const models = readings.flatMap(({ calls }) => calls.map(({ model }) => model).filter(Boolean));
  return { prompts: Object.fromEntries(prompts), models: [...new Set(models)].sort() };
}

/** Which prompts and models are others than the baseline's. */
function changedBy(runs: SuiteRun[], baseline: Baseline): string[] {
  const now = madeWith(runs);
  const prompts = Object.entries(now.prompts).flatMap(([agent, version]) => {
    const before = baseline.prompts[agent];
    return before === undefined || before === version
      ? []
      : [`the prompt of ${agent} is ${version}, was ${before}`];
  });
  const [is, was] = [now.models.join(', '), baseline.models.join(', ')];
  return [...prompts, ...(is === was ? [] : [`the model is ${is || 'unknown'}, was ${was || 'unknown'}`])];
}
