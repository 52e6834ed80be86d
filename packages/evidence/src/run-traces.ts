import { closeSync, openSync, readSync, statSync } from 'node:fs';
import path from 'node:path';
import { namesIn } from './run-folders.ts';

/** Where a trace file's first spans stand: each names its run. */
const headLength = 65_536;
const named = /"agento\.run\.id"\s*,\s*"value"\s*:\s*\{\s*"stringValue"\s*:\s*"([0-9a-f-]{36})"/i;

/** The ids of the runs that a text of traces names, in lower case. */
export function runsNamedIn(text: string): Set<string> {
  return new Set([...text.matchAll(new RegExp(named, 'gi'))].map(([, id = '']) => id.toLowerCase()));
}

const traceName = /^([0-9a-f]{32})\.jsonl$/i;

/**
 * The runs whose ids begin like this, by the beginnings of the trace files in a data folder, each with its traces, the
 * newest first: for runs whose own folder is elsewhere.
 */
export function tracesOfRuns(prefix: string, dataDir: string): Map<string, string[]> {
  const folder = path.join(dataDir, 'traces');
  const found = new Map<string, { trace: string; written: number }[]>();
  const head = Buffer.alloc(headLength);
  for (const name of namesIn(folder)) {
    const trace = traceName.exec(name)?.[1]?.toLowerCase();
    if (trace === undefined) continue;
    const file = path.join(folder, name);
    const run = named.exec(headOf(file, head))?.[1]?.toLowerCase();
    if (!run?.startsWith(prefix)) continue;
    const written = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    found.set(run, [...(found.get(run) ?? []), { trace, written }]);
  }
  return new Map(
    [...found].map(([run, traces]) => [
      run,
      traces.sort((one, other) => other.written - one.written).map(({ trace }) => trace),
    ]),
  );
}

function headOf(file: string, head: Buffer): string {
  try {
    const handle = openSync(file, 'r');
    try {
      return head.toString('utf8', 0, readSync(handle, head, 0, head.length, 0));
    } finally {
      closeSync(handle);
    }
  } catch {
    // What cannot be read, or is a folder, has no run.
    return '';
  }
}
