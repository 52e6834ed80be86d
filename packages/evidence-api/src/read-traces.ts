import { hash } from 'node:crypto';
import { parseTraces, type RunReading, readRuns, type Trace } from '@agento/evidence';

/** Most characters of traces that are held, of the 512 MiB of the thread: read, they take some two and a half times as much. */
const most = 48_000_000;

/** Traces that were read of late, with the runs in them: one panel after the other asks about the same run. */
export interface ReadTraces {
  parse(text: string): Trace[];
  forget(): void;
}

/** By what is written in them, so that nothing else is ever told than what stands in the file. */
export function readTraces(): ReadTraces {
  const held = new Map<string, { traces: Trace[]; size: number }>();
  let sum = 0;
  return {
    parse(text) {
      const key = hash('sha256', text);
      const before = held.get(key);
      held.delete(key);
      const found = before ?? { traces: parseTraces(text), size: text.length };
      if (!before) sum += found.size;
      // The last asked for is the last in the map.
      held.set(key, found);
      for (const [oldest, { size }] of held) {
        if (sum <= most) break;
        held.delete(oldest);
        sum -= size;
      }
      return found.traces;
    },
    forget() {
      held.clear();
      sum = 0;
    },
  };
}

const readings = new WeakMap<Trace, RunReading[]>();

/** The runs in a trace, read once while it is held. */
export function runsOf(trace: Trace): RunReading[] {
  const runs = readings.get(trace) ?? readRuns(trace);
  readings.set(trace, runs);
  return runs;
}
