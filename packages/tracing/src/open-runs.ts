import { AsyncLocalStorage } from 'node:async_hooks';

/** A run of a framework that tells of its work by callbacks, while something in it has begun and not ended. */
export interface OpenRun {
  /** When it was last heard of, in milliseconds of `performance.now()`. */
  heardAt: number;
  /** Whether it came to its end, and is only waited for what it left open. */
  isOver(): boolean;
  /** Ends whatever is open in it; must not throw. */
  interrupt(why: string): void;
}

/** Most runs at a time. */
const most = 1_000;
const minute = 60_000;
/** How long a run may be silent. What a run that is over left open may still end: a model's answer has its tokens. */
const silence = { underWay: 60 * minute, over: minute };

/** All of the process, the one that was silent for longest first: who makes a handler for each run has many of them. */
const runs = new Set<OpenRun>();
let timer: NodeJS.Timeout | undefined;
/** In nobody's context: neither a run's secrets nor its active span are those of another run. */
const inNoContext = AsyncLocalStorage.snapshot();

/** Something happened in the run. */
export function noteSign(run: OpenRun): void {
  run.heardAt = performance.now();
  runs.delete(run);
  runs.add(run);
  timer ??= inNoContext(() => setInterval(interruptSilent, minute).unref());
  const [longest] = runs;
  if (runs.size > most && longest) interrupt(longest, `More than ${most} runs were open`);
}

/** Nothing is open in the run any more. */
export function forgetRun(run: OpenRun): void {
  runs.delete(run);
  if (runs.size > 0) return;
  clearInterval(timer);
  timer = undefined;
}

/** Ends what is open in all runs: tracing ends. */
export function interruptRuns(): void {
  for (const run of runs) interrupt(run, 'Tracing ended before this did');
}

function interruptSilent(): void {
  const now = performance.now();
  for (const run of runs) {
    const silent = now - run.heardAt;
    if (silent >= silence.underWay) interrupt(run, 'Nothing was heard of it for an hour');
    else if (silent >= silence.over && run.isOver()) interrupt(run, 'The run ended before this did');
  }
}

function interrupt(run: OpenRun, why: string): void {
  inNoContext(() => run.interrupt(why));
  forgetRun(run);
}
