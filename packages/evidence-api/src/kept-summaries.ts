import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type RunPlace, type RunSummary, runsAt } from '@agento/evidence';
import { writeWhole } from '@agento/files';

/** To be raised whenever a summary says something else than before. */
const version = 1;

/** What was written less than so many milliseconds ago may still change: it is kept in memory only. */
const restsAfter = 10_000;

/** What a place told when it was read. */
export interface Kept {
  /** When it had last been changed, in milliseconds since 1970. */
  written: number;
  runs: RunSummary[];
}

/** Summaries of traces and outputs, in memory and in `evidence/runs.json` of their folder. */
export interface KeptSummaries {
  /** What a place told when it was last read; undefined if it never was. */
  at(place: RunPlace): Kept | undefined;
  /** Reads it if it has changed since it was. */
  read(place: RunPlace): AsyncGenerator<RunSummary>;
  /** Writes the file if there is anything new, without what has changed or is gone. */
  save(): Promise<void>;
  /** What has changed is forgotten: something was removed from it. */
  forgetChanged(): Promise<void>;
}

/**
 * Reading a trace takes some 50 ms, so a thousand would take a minute. A mere cache: missing, damaged, or of another
 * version, it is made again from the traces; where the folder cannot be written to, there is none.
 */
export async function keptSummaries(folder: string): Promise<KeptSummaries> {
  const place = path.join(folder, 'evidence');
  const known = await entriesOf(path.join(place, 'runs.json'));
  let isNew = false;
  const at = ({ file }: RunPlace) => known.get(path.relative(folder, file));
  const write = async () => {
    const resting: [string, Kept][] = [];
    for (const [name, kept] of known) {
      const now = statSync(path.join(folder, name), { throwIfNoEntry: false })?.mtimeMs;
      // Of a run that was deleted, nothing is to stay here.
      if (now === undefined) isNew = known.delete(name);
      else if (now === kept.written && Date.now() - now > restsAfter) resting.push([name, kept]);
    }
    if (!isNew) return;
    isNew = resting.length < known.size;
    await writeWhole(place, 'runs.json', JSON.stringify({ version, files: resting })).catch(() => {});
  };
  let writing = Promise.resolve();
  const save = () => {
    writing = writing.then(write);
    return writing;
  };
  return {
    at,
    async *read(place) {
      const before = at(place);
      if (before?.written === place.written) return yield* before.runs;
      const runs = await Array.fromAsync(runsAt(place)).catch((error: NodeJS.ErrnoException) =>
        // It was deleted before it was its turn; what cannot be read takes nothing away from the rest.
        error.code === 'ENOENT' ? null : [],
      );
      if (runs === null) return;
      known.set(path.relative(folder, place.file), { written: place.written, runs });
      isNew = true;
      yield* runs;
    },
    save,
    async forgetChanged() {
      for (const [name, { written }] of known) {
        const now = statSync(path.join(folder, name), { throwIfNoEntry: false })?.mtimeMs;
        if (now !== written) isNew = known.delete(name);
      }
      await save();
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
