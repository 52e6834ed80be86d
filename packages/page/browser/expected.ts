import type { RunSummary } from '@agento/evidence';
import { offlineModelName } from '@agento/offline-model/names';
import { count, duration, money } from './figures.ts';

/** How many runs are gone by: what was long ago says little of prompts and prices as they are. */
const mostRuns = 20;

/** From so many runs on, half of them say more than all, of which one may have waited for days. */
const runsForHalves = 8;

/** What a measure came to in several runs. */
export interface Spread {
  least: number;
  /** A quarter of the runs is below it. */
  lower: number;
  median: number;
  /** A quarter of the runs is above it. */
  upper: number;
  most: number;
}

/** What the last finished runs with the same models used; a measure that one of them does not have is null. */
export interface Expected {
  runs: number;
  /** US dollars. */
  cost: Spread | null;
  /** Milliseconds. */
  time: Spread | null;
  calls: Spread | null;
  tokens: Spread | null;
}

/** Quartiles between two values are where the straight line between them is; null without values. */
export function spreadOf(values: readonly number[]): Spread | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((one, other) => one - other);
  const at = (share: number) => {
    const place = share * (sorted.length - 1);
    const below = sorted[Math.floor(place)] ?? 0;
    const above = sorted[Math.ceil(place)] ?? 0;
    return below + (above - below) * (place % 1);
  };
  return { least: at(0), lower: at(0.25), median: at(0.5), upper: at(0.75), most: at(1) };
}

/**
 * What a run with these models may be expected to use, by those that came to their end.
 *
 * @param runs the newest first
 */
export function expectedOf(runs: readonly RunSummary[], models: readonly string[]): Expected {
  const alike = runs
    .filter(
      (run) =>
        (run.outcome === 'published' || run.outcome === 'held') &&
        // Of an incomplete trace, calls are missing.
        run.is_complete !== false &&
        run.models.length > 0 &&
        run.models.every((model) => models.includes(model)),
    )
    .slice(0, mostRuns);
  const spread = (of: (run: RunSummary) => number | null) => {
    const values = alike.map(of);
    const known = values.filter((value) => value !== null);
    return known.length === values.length ? spreadOf(known) : null;
  };
  return {
    runs: alike.length,
    cost: spread((run) => run.cost_usd),
    time: spread((run) => run.wall_ms),
    calls: spread((run) => run.calls),
    tokens: spread((run) => run.input_tokens + run.output_tokens),
  };
}

/** What a run will cost, in sentences, as far as there is anything to go by. */
export function expectedText(runs: readonly RunSummary[], models: readonly string[]): string {
  const expected = expectedOf(runs, models);
  const isFree = models.length > 0 && models.every((model) => model === offlineModelName);
  const { cost, time, calls, tokens } = expected;
  const measures = [
    isFree ? null : inWords(cost, expected.runs, money),
    inWords(time, expected.runs, duration),
    inWords(calls, expected.runs, (value) => `${count(Math.round(value))} calls`),
    inWords(tokens, expected.runs, (value) => `${count(Math.round(value))} tokens`),
  ].filter((text) => text !== null);
  const price = isFree
    ? ['The offline model costs nothing.']
    : expected.runs === 0
      ? [
          `No run with ${models.join(', ')} has finished yet: what one costs is not known. A limit can be set below.`,
        ]
      : cost === null
        ? [
            'What a run costs is not known: a model has no price (AGENTO_PRICES). A limit of tokens can be set below.',
          ]
        : [];
  const seen =
    measures.length === 0
      ? []
      : [
          `${expected.runs === 1 ? 'The last finished run' : `The last ${expected.runs} finished runs`} with ${models.length === 1 ? 'this model' : 'these models'}: ${measures.join('; ')}.`,
        ];
  return [...price, ...seen].join(' ');
}

function inWords(spread: Spread | null, runs: number, show: (value: number) => string): string | null {
  if (spread === null) return null;
  const { least, lower, median, upper, most } = spread;
  if (show(least) === show(most)) return show(most);
  return runs < runsForHalves
    ? `${show(least)} to ${show(most)} (median ${show(median)})`
    : `half of them ${show(lower)} to ${show(upper)} (median ${show(median)}, most ${show(most)})`;
}
