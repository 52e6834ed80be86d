import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';

/**
 * The files of traces in a folder, then those in its `traces`, by name; none for what is no folder. What has such a name
 * and is no file (a folder, a pipe, a link that leads nowhere) is not among them.
 */
export function traceFilesIn(folder: string): string[] {
  return [folder, path.join(folder, 'traces')].flatMap((place) =>
    entriesIn(place)
      .filter(({ name }) => /\.jsonl?$/.test(name))
      .map((entry) => ({ entry, file: path.join(place, entry.name) }))
      .filter(({ entry, file }) => (entry.isSymbolicLink() ? leadsToFile(file) : entry.isFile()))
      .map(({ file }) => file)
      .sort(),
  );
}

function entriesIn(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function leadsToFile(link: string): boolean {
  try {
    return statSync(link).isFile();
  } catch {
    return false;
  }
}
