import { mkdir, rename, rm, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Diagnosis } from './diagnosis.ts';

/** Bytes that should be free: a run's files and trace take a few MB, the spool up to 256 MiB. */
const enough = 512 * 1024 * 1024;

/** Does in the data folder what a run does: write a file, rename it, delete it. */
export async function checkDisk(dataDir: string): Promise<Diagnosis> {
  const file = path.join(dataDir, `doctor-${process.pid}`);
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    await writeFile(`${file}.tmp`, 'written by agento doctor\n', { mode: 0o600 });
    await rename(`${file}.tmp`, file);
    await rm(file);
  } catch (error) {
    const remedy = 'make it writable, or name another with AGENTO_DATA_DIR';
    return { ok: false, found: `${dataDir} cannot be used: ${(error as Error).message}`, remedy };
  }
  const { bavail, bsize } = await statfs(dataDir);
  const free = bavail * bsize;
  const found = `${dataDir}, ${(free / 2 ** 30).toFixed(1)} GiB free`;
  if (free >= enough) return { ok: true, found };
  const remedy = `free at least ${enough / 2 ** 20} MiB, or name another folder with AGENTO_DATA_DIR`;
  return { ok: false, found, remedy };
}
