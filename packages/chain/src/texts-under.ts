import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The text of every file below the folder whose path passes, at any depth. Services still work there: a file that goes
 * between listing and reading (the mark of a part that settles) leaves nothing behind and is passed over.
 *
 * @throws another error of the file system than ENOENT; ENOENT of the folder itself
 */
export async function textsUnder(folder: string, passes = (_path: string) => true): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const texts = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name);
      if (!entry.isDirectory() && !(entry.isFile() && passes(path))) return [];
      const text = entry.isDirectory() ? textsUnder(path, passes) : readFile(path, 'utf8');
      return text.catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return [];
        throw error;
      });
    }),
  );
  return texts.flat();
}
