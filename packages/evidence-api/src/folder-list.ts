import { type RunPlace, type RunSummary, runsInFolder } from '@agento/evidence';
import { type KeptSummaries, keptSummaries } from './kept-summaries.ts';
import { isDoneInTime, newestOf, patience, type RunList } from './run-list.ts';

const readBetweenSaves = 100;

/** The list of a folder's runs, which is answered soon, and read to its end meanwhile. */
export interface FolderList {
  runs(most: number): Promise<RunList>;
  /** Forgets what something was removed from. */
  forgetChanged(): Promise<void>;
}

/** @param wait milliseconds */
export function folderList(folder: string, wait = patience): FolderList {
  let kept: Promise<KeptSummaries> | null = null;
  const summaries = () => {
    kept ??= keptSummaries(folder);
    return kept;
  };
  let reading: { most: number; done: Promise<void> } | null = null;

  /** Reads at least so many of the newest; one reading at a time. `isOwn`: it began just now. */
  const readNewest = (most: number): { done: Promise<void>; isOwn: boolean } => {
    if (reading !== null && reading.most >= most) return { done: reading.done, isOwn: false };
    const before = reading?.done.catch(() => {}) ?? Promise.resolve();
    const done = before.then(async () => readThrough(folder, await summaries(), most));
    const own = { most, done };
    reading = own;
    const end = () => {
      if (reading === own) reading = null;
    };
    // Whoever still waits is told of its error.
    done.then(end, end);
    return { done, isOwn: true };
  };

  return {
    async runs(most) {
      const known = await asFarAsRead(folder, await summaries(), most);
      if (known.left_to_read === 0) {
        await (await summaries()).save();
        return { ...known, is_whole: true };
      }
      const { done, isOwn } = readNewest(most);
      const isDone = await isDoneInTime(done, wait);
      const now = await asFarAsRead(folder, await summaries(), most);
      // What changes all the time was read at least once since it was asked for.
      const left_to_read = isDone && isOwn ? 0 : now.left_to_read;
      // The reading may still be about to save what it has read.
      if (left_to_read === 0) await (await summaries()).save();
      return { ...now, is_whole: left_to_read === 0, left_to_read };
    },
    forgetChanged: async () => (await summaries()).forgetChanged(),
  };
}

async function readThrough(folder: string, summaries: KeptSummaries, most: number): Promise<void> {
  let count = 0;
  for await (const _run of runsInFolder(folder, 0, summaries.read)) {
    count += 1;
    if (count === most) break;
    // Whoever stops the server meanwhile need not wait for all of it again.
    if (count % readBetweenSaves === 0) await summaries.save();
  }
  await summaries.save();
}

/** What is known without reading anything; what has changed since it was read is told as it was. */
async function asFarAsRead(
  folder: string,
  summaries: KeptSummaries,
  most: number,
): Promise<{ runs: RunSummary[]; left_to_read: number }> {
  const runs: RunSummary[] = [];
  const unread = { traces: 0, outputs: 0, changed: 0 };
  // A run may have both a trace and outputs.
  const isEnough = () => runs.length + Math.max(unread.traces, unread.outputs) >= most;
  const known = async function* (place: RunPlace) {
    if (isEnough()) return;
    const kept = summaries.at(place);
    if (kept === undefined) unread[place.isTrace ? 'traces' : 'outputs'] += 1;
    else if (kept.written !== place.written) unread.changed += 1;
    yield* kept?.runs ?? [];
  };
  for await (const run of runsInFolder(folder, 0, known)) {
    if (isEnough()) break;
    runs.push(run);
  }
  const left_to_read = Math.max(unread.traces, unread.outputs) + unread.changed;
  return { runs: newestOf(runs, most), left_to_read };
}
