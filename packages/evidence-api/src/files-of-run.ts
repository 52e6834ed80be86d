import { readFile, stat } from 'node:fs/promises';
import { runsNamedIn, type Trace, textOfBytes, traceFilesIn } from '@agento/evidence';
import { runsOf } from './read-traces.ts';

/** The runs that a file names, as of when it was last written. */
interface Named {
  written: number;
  runs: Set<string>;
}

/**
 * Finds the traces of a run in a folder where files have other names than their traces, or hold several, such as those of
 * a collector; none if there is none. What was read once is read again when it has changed.
 */
export function tracesByContent(
  folder: string,
  parse: (text: string) => Trace[],
): (id: string) => Promise<Trace[]> {
  const known = new Map<string, Named>();
  const names = async (file: string, run: string): Promise<boolean> => {
    const { mtimeMs: written } = await stat(file);
    const before = known.get(file);
    if (before?.written === written) return before.runs.has(run);
    const runs = runsNamedIn(textOfBytes(await readFile(file)));
    known.set(file, { written, runs });
    return runs.has(run);
  };
  return async (id) => {
    const run = id.toLowerCase();
    const isOfRun = (trace: Trace) => runsOf(trace).some(({ run_id }) => run_id.toLowerCase() === run);
    const found: Trace[] = [];
    for (const file of traceFilesIn(folder)) {
      try {
        if (await names(file, run)) found.push(...parse(textOfBytes(await readFile(file))).filter(isOfRun));
      } catch {
        // What cannot be read, or has just been deleted, has no run: another file may.
      }
    }
    return found;
  };
}
