import { rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeFolder, whyNot } from '@agento/files';

/** What to do about a data folder that cannot be used. */
export const dataFolderRemedy = 'make it writable, or set AGENTO_DATA_DIR to another';

/** Does in the data folder what a run does: write a file, rename it, delete it. Tells why it cannot; null where it can. */
export async function dataFolderProblem(dataDir: string): Promise<string | null> {
  const file = path.join(dataDir, `.agento-${process.pid}`);
  try {
    await makeFolder(dataDir);
    await writeFile(`${file}.tmp`, 'written by agento to see whether it can\n', { mode: 0o600 });
    await rename(`${file}.tmp`, file);
    await rm(file);
    return null;
  } catch (error) {
    await rm(`${file}.tmp`, { force: true }).catch(() => {});
    return `${dataDir} cannot be used: ${whyNot(error)}`;
  }
}
