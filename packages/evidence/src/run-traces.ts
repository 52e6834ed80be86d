import { closeSync, openSync, readSync, statSync } from 'node:fs';
import path from 'node:path';
import { namesIn } from './run-folders.ts';

/** Where a trace file's first spans stand: each names its run. */
const headLength = 65_536;
const named = /"agento\.run\.id"\s*,\s*"value"\s*:\s*\{\s*"stringValue"\s*:\s*"([0-9a-f-]{36})"/i;

/**
 * The runs whose ids begin like this, by the beginnings of the trace files in a data folder, each with its newest trace:
 * for runs whose own folder is elsewhere.
 */
export function tracesOfRuns(prefix: string, dataDir: string): Map<string, string> {
  const folder = path.join(dataDir, 'traces');
  const found = new Map<string, { trace: string; written: number }>();
  const head = Buffer.alloc(headLength);
  for (const name of namesIn(folder).filter((name) => name.endsWith('.jsonl'))) {
    const file = path.join(folder, name);
    const run = named.exec(headOf(file, head))?.[1]?.toLowerCase();
    if (!run?.startsWith(prefix)) continue;
    const written = statSync(file).mtimeMs;
    if (written > (found.get(run)?.written ?? 0))
      found.set(run, { trace: name.slice(0, -'.jsonl'.length), written });
  }
  return new Map([...found].map(([run, { trace }]) => [run, trace]));
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
