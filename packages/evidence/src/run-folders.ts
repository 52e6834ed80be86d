import { readdirSync } from 'node:fs';
import path from 'node:path';

/** The folders that attempts at a run have left their files in, the newest first. */
export function runFolders(dataDir: string, runId: string): string[] {
  const first = path.join(dataDir, 'runs', runId.toLowerCase());
  const later = namesIn(path.join(first, 'attempts')).map(Number).filter(Number.isSafeInteger);
  const newestFirst = later.sort((one, other) => other - one);
  return [...newestFirst.map((attempt) => path.join(first, 'attempts', String(attempt))), first];
}

/** What is in a folder; nothing where there is none. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
