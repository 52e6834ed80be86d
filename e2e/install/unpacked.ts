import { execFileSync } from 'node:child_process';

/** What the files of a tarball take, in bytes. */
export function unpackedBytes(tarball: string): number {
  return execFileSync('tar', ['-xzOf', tarball], { maxBuffer: 1 << 28 }).length;
}
