import { createHash } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { type JaegerAddress, type JaegerSearch, textsInJaeger } from '@agento/evidence';
import { makeFolder, writeWhole } from '@agento/files';

const traceId = /^[0-9a-f]{32}$/;

/**
 * The folder below `evidence/` in the data folder with the traces of the runs that Jaeger has of that time, and with no
 * others: each as Jaeger gives it, in a file that changes only where its trace did. Rejects as textsInJaeger, and with the
 * file system's errors.
 */
export async function keptFromJaeger(
  dataDir: string,
  jaeger: JaegerAddress,
  search: JaegerSearch,
  interrupted: AbortSignal,
): Promise<string> {
  const name = createHash('sha256').update(jaeger.url).digest('hex').slice(0, 16);
  const folder = path.join(dataDir, 'evidence', `jaeger-${name}`);
  await makeFolder(folder);
  const kept = new Set<string>();
  for await (const [id, text] of textsInJaeger(jaeger, search)) {
    interrupted.throwIfAborted();
    // It becomes a file's name.
    if (!traceId.test(id)) continue;
    const file = `${id}.json`;
    kept.add(file);
    const before = await readFile(path.join(folder, file), 'utf8').catch(() => null);
    if (before !== text) await writeWhole(folder, file, text);
  }
  for (const file of await readdir(folder)) {
    if (file.endsWith('.json') && !kept.has(file)) await rm(path.join(folder, file), { force: true });
  }
  return folder;
}
