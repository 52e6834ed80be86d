import type { Module1Input, RunResource } from '@agento/contracts';
import { type RunReading, summaryOf, type TraceSources } from '@agento/evidence';
import { type Case, optionsOf, repeatsOf, type Suite, type SuiteRun } from '@agento/evidence/eval';
import { duration, oneLine } from '../terminal.ts';
import { type Asking, askingAt } from './asking.ts';
import type { Place } from './place.ts';
import { readingOf } from './reading-of.ts';
import { resumedToEnd, runToEnd } from './run-to-end.ts';

interface Running {
  place: Place;
  sources: TraceSources;
  /** Of this eval: the keys of its runs begin with it. */
  id: string;
  /** Whether an earlier process began it. */
  goesOn: boolean;
  atOnce: number;
  signal: AbortSignal;
  /** Told of each run that has ended, in a line. */
  say(line: string): void;
}

/**
 * Makes every run of the suite, a few at once, and reads it. Runs that the suite's budget no longer allows are not begun,
 * and are not in the result.
 */
export async function runSuite(suite: Suite, running: Running): Promise<SuiteRun[]> {
  // The first repeat of each goal before the second of any: a fault of all shows early.
  const planned = suite.goals
    .flatMap((entry) =>
      Array.from({ length: repeatsOf(suite, entry) }, (_, place) => ({ entry, repeat: place + 1 })),
    )
    .sort((one, other) => one.repeat - other.repeat);
  const began = Date.now();
  const { cost_usd = Infinity, seconds = Infinity } = suite.budgets?.suite ?? {};
  let spent = 0;
  // A budget of money that nobody can count is spent.
  const spend = (cost: number | null | undefined) => {
    spent += cost ?? (cost_usd === Infinity ? 0 : Infinity);
  };
  const isSpent = () => spent >= cost_usd || (Date.now() - began) / 1000 >= seconds;
  const waiting = [...planned];
  const done: SuiteRun[] = [];
  // Where one run cannot be made, the others are no longer waited for.
  const givenUp = new AbortController();
  const signal = AbortSignal.any([running.signal, givenUp.signal]);
  const asking = askingAt(running.place.url, signal, running.say);
  const work = async () => {
    while (!isSpent()) {
      const next = waiting.shift();
      if (next === undefined) return;
      const { run, cost } = await oneRun(suite, next.entry, next.repeat, { ...running, asking });
      spend(cost);
      done.push(run);
    }
  };
  const workers = Array.from({ length: Math.min(running.atOnce, planned.length) }, work);
  try {
    await Promise.race([Promise.all(workers), running.place.fault]);
  } catch (error) {
    if (asking.hasAnswered()) running.say('The same command goes on with it.');
    throw error;
  } finally {
    givenUp.abort();
    await Promise.allSettled(workers);
  }
  return planned.flatMap(({ entry, repeat }) =>
    done.filter((run) => run.goal === entry.id && run.repeat === repeat),
  );
}

async function oneRun(
  suite: Suite,
  entry: Case,
  repeat: number,
  { place, sources, id, goesOn, asking, say }: Running & { asking: Asking },
): Promise<{ run: SuiteRun; cost: number | null | undefined }> {
  const { goal, context } = entry;
  const input: Module1Input = {
    goal,
    ...(context !== undefined && { context }),
    session_id: `eval ${suite.suite} ${id}`,
    ...optionsOf(suite, entry),
  };
  const key = `eval/${suite.suite}/${id}/${entry.id}/${repeat}`;
  const began = Date.now();
  let ended = await runToEnd(input, { key, env: place.env, asking });
  let reading = await readingOf(ended, sources, asking.signal);
  if (goesOn && reading && ended.state !== 'finished' && fellWithTheOthers(reading)) {
    ended = await resumedToEnd(ended, { env: place.env, asking });
    reading = await readingOf(ended, sources, asking.signal);
  }
  const { run_id, cost_usd } = ended;
  const of = repeatsOf(suite, entry);
  const name = of === 1 ? entry.id : `${entry.id} ${repeat}/${of}`;
  say(
    `${name}  ${run_id.slice(0, 8)}  ${reading ? inWords(reading) : problemOf(ended)}, ${duration(Date.now() - began)}`,
  );
  const problem = reading === null ? problemOf(ended) : null;
  return { run: { goal: entry.id, repeat, run_id, reading, problem }, cost: cost_usd };
}

/** Where all processes were killed at once, a run may have failed of those that died before its own. */
function fellWithTheOthers({ outcome, error }: RunReading): boolean {
  return outcome !== 'failed' || error?.type === 'model_unavailable';
}

function inWords(reading: RunReading): string {
  const { outcome, error, score, calls, cost_usd } = summaryOf(reading);
  return [
    oneLine(error ? `${outcome}: ${error}` : outcome),
    ...(score === null ? [] : [`score ${Math.round(score * 100) / 100}`]),
    `${calls} calls`,
    ...(cost_usd === null ? [] : [`$${cost_usd.toFixed(4)}`]),
  ].join(', ');
}

function problemOf({ state, problem, trace_id }: RunResource): string {
  if (problem) return oneLine(`it ${state}: ${problem.title}, ${problem.detail}`);
  return `it ${state}, and its trace ${trace_id ?? ''} is not where traces are looked for (AGENTO_DATA_DIR, or --jaeger)`;
}
