import { type BigIntStats, readdirSync, statSync } from 'node:fs';
import path from 'node:path';

/** A file with traces, as it was found on the disk. */
export interface TraceFile {
  path: string;
  /** Another one if the file was replaced, has grown or was changed. */
  identity: string;
  /** Bytes. */
  size: number;
}

/**
 * The files that these sources name: files, and of folders the `.jsonl` and `.json` files in them. What does not exist
 * holds none. Throws the file system's error for a folder that cannot be read.
 */
export function filesIn(sources: readonly string[]): TraceFile[] {
  const paths = sources.flatMap((source) => {
    const place = path.resolve(source);
    const stats = statSync(place, { throwIfNoEntry: false });
    if (!stats?.isDirectory()) return [place];
    const names = readdirSync(place).filter((name) => /\.jsonl?$/.test(name));
    return names.sort().map((name) => path.join(place, name));
  });
  return [...new Set(paths)].flatMap((file) => fileAt(file) ?? []);
}

/** Null for a folder, and for a file that went away while its folder was read. */
function fileAt(file: string): TraceFile | null {
  try {
    const stats = statSync(file, { bigint: true });
    return stats.isDirectory() ? null : { path: file, identity: identityOf(stats), size: Number(stats.size) };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Whoever reads it says why it cannot be read.
    return code === 'ENOENT' ? null : { path: file, identity: String(code), size: 1 };
  }
}

/** With the time of the last change of its entry: who makes a file readable changes nothing else. */
function identityOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return `${dev}:${ino} ${size} ${mtimeNs} ${ctimeNs}`;
}
