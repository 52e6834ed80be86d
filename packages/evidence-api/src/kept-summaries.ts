import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type RunSummary, runsInFile } from '@agento/evidence';
import { writeWhole } from '@agento/files';

/** To be raised whenever a summary says something else than before. */
const version = 1;

/** A file that was written less than so many milliseconds ago may still grow: it is kept in memory only. */
const restsAfter = 10_000;

interface Kept {
  /** When the trace file was last written, in milliseconds since 1970. */
  written: number;
  runs: RunSummary[];
}

/** Summaries of trace files, in memory and in `evidence/runs.json` of their folder. */
export interface KeptSummaries {
  read(file: string, written: number): AsyncGenerator<RunSummary>;
  /** Writes the file if there is anything new, without what has changed or is gone. */
  save(): Promise<void>;
}

/**
 * Reading a trace takes some 50 ms, so a thousand would take a minute. A mere cache: missing, damaged, or of another
 * version, it is made again from the traces; where the folder cannot be written to, there is none.
 */
export async function keptSummaries(folder: string): Promise<KeptSummaries> {
  const place = path.join(folder, 'evidence');
  const known = await entriesOf(path.join(place, 'runs.json'));
  let isNew = false;
  return {
    async *read(file, written) {
      const name = path.relative(folder, file);
      const before = known.get(name);
      if (before?.written === written) return yield* before.runs;
      const runs = await Array.fromAsync(runsInFile(file));
      known.set(name, { written, runs });
      isNew = true;
      yield* runs;
    },
    async save() {
      for (const [name, { written }] of known) {
        // Of a run that was deleted, nothing is to stay here.
        const file = statSync(path.join(folder, name), { throwIfNoEntry: false });
        if (file?.mtimeMs === written) continue;
        known.delete(name);
        isNew = true;
      }
      if (!isNew) return;
      const resting = [...known].filter(([, { written }]) => Date.now() - written > restsAfter);
      isNew = resting.length < known.size;
      await writeWhole(place, 'runs.json', JSON.stringify({ version, files: resting })).catch(() => {});
    },
  };
}

async function entriesOf(file: string): Promise<Map<string, Kept>> {
  try {
    const kept = JSON.parse(await readFile(file, 'utf8')) as { version?: unknown; files: [string, Kept][] };
    return new Map(kept.version === version ? kept.files : []);
  } catch {
    return new Map();
  }
}
