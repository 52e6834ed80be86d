import { hash } from 'node:crypto';
import { parseTraces, type RunReading, readRuns, type Trace } from '@agento/evidence';

/** Most characters of several traces that are held, of the 512 MiB of the thread: read, they take some two and a half times as much. */
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
  /** Before another is read, which takes most memory: one alone may be larger. */
  const makeRoom = (size: number) => {
    for (const [oldest, one] of held) {
      if (sum + size <= most) break;
      held.delete(oldest);
      sum -= one.size;
    }
  };
  return {
    parse(text) {
      const key = hash('sha256', text);
      const before = held.get(key);
      held.delete(key);
      if (!before) makeRoom(text.length);
      const found = before ?? { traces: parseTraces(text), size: text.length };
      // The last asked for is the last in the map.
      held.set(key, found);
      if (!before) sum += found.size;
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
