import { type Context, type HrTime, type Span, trace } from '@opentelemetry/api';
import { addHrTimes, millisToHrTime } from '@opentelemetry/core';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { harmless } from '../harmless.ts';
import { markInterrupted } from '../interrupted.ts';
import { contextBelow, type LibrarySpanStart, startOf } from '../library/begin.ts';
import { attribute } from '../names.ts';
import { forgetRun, noteSign, type OpenRun } from '../open-runs.ts';
import { activeSpan, beginSpan, failSpan } from '../span.ts';

interface Open<Note> {
  note: Note | undefined;
  /** Null for what has no span of its own. */
  span: Span | null;
  below: Context;
  /** Active where it began. */
  outside: Span | undefined;
  /** In milliseconds of `performance.now()`. */
  beganAt: number;
  run: ForeignRun;
}

/** What is open of a run: of its first work, and what began below that. */
interface ForeignRun extends OpenRun {
  readonly first: string;
  readonly ids: Set<string>;
  /** Why it failed, if it did and has not gone on since. */
  failure?: string | undefined;
}

/** Ids of what may be above some work: the first that is open is. */
type Above = readonly (string | null | undefined)[];

/**
 * The spans of a framework that tells of its work by callbacks, and names it and its parent by ids of its own. Work of an
 * unknown parent, and what begins in a span that was opened by hand below its parent, is below the active span. A note made
 * at the beginning is there at the end. An end that never comes is made up for: see `OpenRun`.
 */
export class ForeignSpans<Note = never> {
  readonly #open = new Map<string, Open<Note>>();

  /**
   * Begins the span of the work with that id, and lets `first` write on it; `finish` ends it. Nothing if it has begun already:
   * whoever is registered twice is told everything twice.
   */
  begin(
    id: string,
    above: Above,
    start: LibrarySpanStart,
    first: (span: Span) => void = () => {},
    note?: Note,
  ): void {
    if (this.#isOpen(id)) return;
    const beganAt = performance.now();
    const { span, active } = beginSpan(startOf({ ...start, parent: this.#below(above) }));
    this.#add(id, above, { span, note, below: active, beganAt });
    first(span);
  }

  /** The work with that id has no span: what is below it is below its parent's. */
  pass(id: string, above: Above): void {
    if (this.#isOpen(id)) return;
    const below = this.#below(above);
    this.#add(id, above, { span: null, note: undefined, below, beganAt: performance.now() });
  }

  /** Ends the span once `last` has written on it; nothing if there is none. */
  finish(id: string, last: (span: Span, note: Note | undefined) => void = () => {}): void {
    const open = this.#open.get(id);
    if (!open) return;
    const { span, note, run } = open;
    this.#open.delete(id);
    run.ids.delete(id);
    try {
      if (span) last(span, note);
    } finally {
      span?.end();
      if (run.ids.size > 0) noteSign(run);
      else forgetRun(run);
    }
  }

  /** The run with that first work has failed, which may be the last that is heard of it. */
  fail(id: string, why: string): void {
    const run = this.#open.get(id)?.run;
    if (run) run.failure = why;
  }

  /** The span of the work with that id, or of what is above it; without one, the active span. */
  spanOf(id: string | null | undefined): Span {
    const known = this.#open.get(id ?? '');
    return (known && trace.getSpan(known.below)) ?? activeSpan();
  }

  /** Ends whatever has not been ended. */
  interruptAll(why: string): void {
    for (const { run } of [...this.#open.values()]) {
      run.interrupt(why);
      forgetRun(run);
    }
  }

  /** A run that is over, and whose name is used again, is not the one that begins now. */
  #isOpen(id: string): boolean {
    const run = this.#open.get(id)?.run;
    if (run?.first !== id || !run.isOver()) return run !== undefined;
    run.interrupt('Another run of this id began');
    forgetRun(run);
    return false;
  }

  #add(id: string, above: Above, begun: Omit<Open<Note>, 'outside' | 'run'>): void {
    const run = this.#above(above)?.run ?? this.#newRun(id);
    run.ids.add(id);
    run.failure = undefined;
    this.#open.set(id, { ...begun, outside: trace.getActiveSpan(), run });
    noteSign(run);
  }

  #newRun(first: string): ForeignRun {
    const run: ForeignRun = {
      first,
      ids: new Set(),
      heardAt: 0,
      isOver: () => !run.ids.has(first) || (run.failure !== undefined && run.ids.size === 1),
      interrupt: (why) => this.#interrupt(run, why),
    };
    return run;
  }

  /** Ends what is open in the run, the innermost first, at the last sign of life. */
  #interrupt(run: ForeignRun, why: string): void {
    for (const id of [...run.ids].reverse()) {
      const { span, beganAt = 0 } = this.#open.get(id) ?? {};
      this.#open.delete(id);
      if (!span) continue;
      harmless(() => {
        if (id === run.first && run.failure !== undefined) failSpan(span, run.failure);
        else markInterrupted(span, why);
        span.end(timeOn(span, run.heardAt - beganAt));
      });
    }
    run.ids.clear();
  }

  #above(above: Above): Open<Note> | undefined {
    for (const id of above) {
      const open = this.#open.get(id ?? '');
      if (open) return open;
    }
    return undefined;
  }

  #below(above: Above): Context {
    const parent = this.#above(above);
    if (!parent) return contextBelow();
    const active = trace.getActiveSpan();
    const isOpenedByHand =
      active !== parent.outside && traceIdOf(active) === traceIdOf(trace.getSpan(parent.below));
    return isOpenedByHand ? contextBelow() : parent.below;
  }
}

/** How the span of an agent's run starts: `{name}.run`. */
export function agentRunStart(name: string): LibrarySpanStart {
  return {
    name: `${name}.run`,
    scope: { [attribute.agentName]: name },
    attributes: { [attribute.genAiOperation]: 'invoke_agent', [attribute.genAiAgentName]: name },
  };
}

/** So many milliseconds after its start, on the clock of its trace. */
function timeOn(span: Span, elapsed: number): HrTime | undefined {
  const { startTime } = span as Partial<ReadableSpan>;
  return startTime && addHrTimes(startTime, millisToHrTime(elapsed));
}

function traceIdOf(span: Span | undefined): string | undefined {
  return span?.spanContext().traceId;
}
