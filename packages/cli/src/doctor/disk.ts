import { statfs } from 'node:fs/promises';
import { dataFolderProblem, dataFolderRemedy } from '../data-folder.ts';
import type { Diagnosis } from './diagnosis.ts';

/** Bytes that should be free: a run's files and trace take a few MB, the spool up to 256 MiB. */
const enough = 512 * 1024 * 1024;

/** Does in the data folder what a run does, and looks how much room is left. */
export async function checkDisk(dataDir: string): Promise<Diagnosis> {
  const problem = await dataFolderProblem(dataDir);
  if (problem !== null) return { ok: false, found: problem, remedy: dataFolderRemedy };
  const { bavail, bsize } = await statfs(dataDir);
  const free = bavail * bsize;
  const found = `${dataDir}, ${(free / 2 ** 30).toFixed(1)} GiB free`;
  if (free >= enough) return { ok: true, found };
  const remedy = `free at least ${enough / 2 ** 20} MiB, or set AGENTO_DATA_DIR to another folder`;
  return { ok: false, found, remedy };
}
