import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { PartId } from '../store.ts';
import { attemptFolder, journalFolder, runFolder } from './layout.ts';
import { unlessMissing } from './quiet.ts';

/** All parts of a run that left something here, also those of versions without a journal, by attempt and module. */
export async function knownParts(dataDir: string, runId: string): Promise<PartId[]> {
  const folder = runFolder(dataDir, runId);
  const names = await listed(folder);
  const later = names.includes('attempts') ? await listed(join(folder, 'attempts')) : [];
  const found = new Map<string, PartId>();
  const add = (attempt: string | number, module: string) => {
    const id = { runId, attempt: Number(attempt), module: Number(module) };
    found.set(`${id.attempt}.${id.module}`, id);
  };
  for (const name of names) {
    const [, attempt, module] = /^\.begun-(\d+)-module(\d+)$/.exec(name) ?? [];
    if (attempt && module) add(attempt, module);
  }
  for (const attempt of [1, ...later.filter((name) => /^[1-9]\d*$/.test(name)).map(Number)]) {
    const id = { runId, attempt };
    const own = attempt === 1 ? names : await listed(attemptFolder(dataDir, id));
    const journal = own.includes('journal') ? await listed(journalFolder(dataDir, id)) : [];
    for (const name of own) {
      const [, module] = /^module(\d+)_output\.json$/.exec(name) ?? [];
      if (module) add(attempt, module);
    }
    for (const name of journal) {
      const [, module] = /^module(\d+)\.part\.jsonl$/.exec(name) ?? [];
      if (module) add(attempt, module);
    }
  }
  return [...found.values()].sort((a, b) => a.attempt - b.attempt || a.module - b.module);
}

function listed(folder: string): Promise<string[]> {
  return unlessMissing(readdir(folder), []);
}
