import { constants, writeSync } from 'node:fs';
import { type FileHandle, open, readFile } from 'node:fs/promises';
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

/** Opens a file of JSON lines to append to it; makes it, with its folder, if it is missing. */
export async function openLines(path: string): Promise<FileHandle> {
  const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;
  const make = () => open(path, flags, 0o600);
  return make().catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    await makeFolder(dirname(path));
    return make();
  });
}

/**
 * Appends lines in one write, after the end of a line that may be torn. It survives the death of the process, not of the
 * machine: it is not synced. If the disk refuses, the file is as it was, and its error is thrown. The write itself does
 * not go through the pool of threads: it copies into memory, and the way to a thread and back costs many times as much.
 */
export async function appendTo(
  file: FileHandle,
  lines: readonly string[],
  mayBeTorn: boolean,
): Promise<void> {
  const end = mayBeTorn && (await file.stat()).size > 0 ? '\n' : '';
  const bytes = Buffer.from(`${end}${lines.join('\n')}\n`);
  let written = 0;
  try {
    while (written < bytes.length) written += writeSync(file.fd, bytes, written);
  } catch (error) {
    if (written > 0) await cutOff(file, written).catch(() => {});
    throw error;
  }
}

/** The same, for a file that is not appended to again. */
export async function appendOnce(path: string, lines: readonly string[]): Promise<void> {
  const file = await openLines(path);
  try {
    await appendTo(file, lines, true);
  } finally {
    await file.close();
  }
}

async function cutOff(file: FileHandle, bytes: number): Promise<void> {
  const { size } = await file.stat();
  await file.truncate(size - bytes);
}
