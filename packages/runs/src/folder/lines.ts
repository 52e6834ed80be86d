import { constants } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeFolder } from '@agento/files';
import { unlessMissing } from './quiet.ts';

/** A line of a journal: written by which execution (`x`), and what it says. */
export type Line = { x?: number } & Record<string, unknown>;

/**
 * The whole lines of a file of JSON lines; none if it is missing. A torn line is skipped, and so is one that an
 * execution wrote after a later one had: it had lost its lease.
 */
export async function readLines(path: string): Promise<Line[]> {
  const text = await unlessMissing(
    readFile(path, { encoding: 'utf8', flag: constants.O_RDONLY | constants.O_NOFOLLOW }),
    '',
  );
  const lines: Line[] = [];
  let newest = 0;
  for (const written of text.split('\n')) {
    const line = parse(written);
    if (!line || (line.x !== undefined && line.x < newest)) continue;
    newest = line.x ?? newest;
    lines.push(line);
  }
  return lines;
}

/** A torn object is never valid JSON. */
function parse(text: string): Line | null {
  if (!text.startsWith('{')) return null;
  try {
    return JSON.parse(text) as Line;
  } catch {
    return null;
  }
}

/**
 * Appends lines in one write, after the end of a line that may be torn. It survives the death of the process, not of the
 * machine: it is not synced. If the disk refuses, the file is as it was, and its error is thrown.
 */
export async function appendLines(path: string, lines: readonly string[], mayBeTorn: boolean): Promise<void> {
  const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;
  const make = () => open(path, flags, 0o600);
  const file = await make().catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    await makeFolder(dirname(path));
    return make();
  });
  try {
    const { size } = await file.stat();
    const end = mayBeTorn && size > 0 ? '\n' : '';
    const bytes = Buffer.from(`${end}${lines.join('\n')}\n`);
    try {
      await file.appendFile(bytes);
    } catch (error) {
      await file.truncate(size).catch(() => {});
      throw error;
    }
  } finally {
    await file.close();
  }
}
