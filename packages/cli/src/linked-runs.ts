import { loadTraces, NotFoundError, type RunReading, readingsIn, readRuns } from '@agento/evidence';
import { dataDirectory } from './environment.ts';
import { jaegerAt } from './in-jaeger.ts';
import type { Terminal } from './terminal.ts';
import { unreadable } from './unreadable.ts';

interface Places {
  /** Files and folders of traces. */
  from?: string[];
  jaeger?: string;
}

/**
 * The runs of the traces that a run links to: by id in Jaeger or the data folder, else in the places named. What is in
 * none of them is left out. Throws a CommandError: 3 a place is not there, 2 it is not readable.
 */
export async function linkedRuns(
  terminal: Terminal,
  { links }: RunReading,
  { from = [], jaeger }: Places,
): Promise<RunReading[]> {
  const wanted = new Set(links.flatMap(({ other_trace }) => other_trace ?? []));
  const found: RunReading[] = [];
  const sources = {
    dataDir: dataDirectory(terminal.env),
    ...(jaeger !== undefined && { jaeger: jaegerAt(jaeger, terminal.env) }),
  };
  for (const id of wanted) {
    try {
      found.push(...(await loadTraces(id, sources)).flatMap(readRuns));
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
    }
  }
  for (const place of from) {
    try {
      for await (const reading of readingsIn(place, 0, () => {})) {
        if (wanted.has(reading.trace_id)) found.push(reading);
      }
    } catch (error) {
      throw unreadable(place, error);
    }
  }
  return found;
}
