import { createHash } from 'node:crypto';
import { chmod, mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Artifact } from '@agento/contracts';

/** The folder of a run's files. The id is a UUID by then, so it cannot lead anywhere else. */
export function runDirectory(dataDir: string, runId: string): string {
  return join(dataDir, 'runs', runId.toLowerCase());
}

/** What a file is: name, SHA-256 (hex), size in bytes, media type. */
export function describeFile(file: { name: string; media_type: string; content: string }): Artifact {
  const bytes = Buffer.from(file.content, 'utf8');
  return {
    name: file.name,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    size: bytes.length,
    media_type: file.media_type,
  };
}

/**
 * Writes a file whole or not at all: beside its place first, on disk before the name is changed. Mode 0600,
 * folders 0700. Throws the file system's error (ENOSPC, EACCES); nothing half-written stays.
 */
export async function writeWhole(directory: string, name: string, content: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await chmod(directory, 0o700);
  const temporary = join(directory, `.${name}.${process.pid}.${Date.now()}`);
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(content);
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(temporary, join(directory, name));
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
