import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFolderStore, type PartId, type RunStore } from '../../src/index.ts';
import type { Bench } from '../behaviour/given.ts';

/** A store in a new folder. */
export async function folderBench(): Promise<Bench & { dataDir: string }> {
  const dataDir = await mkdtemp(join(tmpdir(), 'runs-'));
  const stores: RunStore[] = [];
  const make = () => {
    const store = createFolderStore({ dataDir });
    stores.push(store);
    return store;
  };
  return {
    dataDir,
    store: make(),
    another: async () => make(),
    async strand({ runId, attempt, module }: PartId) {
      const folder = join(dataDir, 'runs', '.unsettled', `module${module}`);
      const name = (await readdir(folder)).findLast((one) => one.includes(`.${runId}.${attempt}.`)) ?? '';
      // As if it were an owner on another host that was not heard of for long.
      await writeFile(join(folder, name), '00000000-1-00000000');
      await utimes(join(folder, name), 0, 0);
    },
    async close() {
      for (const store of stores) await store.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
