import { readdirSync } from 'node:fs';
import path from 'node:path';

/** The folders with the files of the attempts at a run, newest first. */
export function runFolders(dataDir: string, runId: string): string[] {
  const first = path.join(dataDir, 'runs', runId.toLowerCase());
  const later = namesIn(path.join(first, 'attempts')).map(Number).filter(Number.isSafeInteger);
  const newestFirst = later.sort((one, other) => other - one);
  return [...newestFirst.map((attempt) => path.join(first, 'attempts', String(attempt))), first];
}

/** The contents of a folder; empty if there is none. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
