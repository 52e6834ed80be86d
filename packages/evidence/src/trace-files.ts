import path from 'node:path';
import { namesIn } from './run-folders.ts';

/** The files of traces in a folder, then those in its `traces`, by name; none for what is no folder. */
export function traceFilesIn(folder: string): string[] {
  return [folder, path.join(folder, 'traces')].flatMap((place) =>
    namesIn(place)
      .filter((name) => /\.jsonl?$/.test(name))
      .sort()
      .map((name) => path.join(place, name)),
  );
}
