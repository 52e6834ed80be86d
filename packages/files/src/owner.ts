import { createHash, randomBytes } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * The scope of a pid: the host, and on Linux the pid namespace, since containers that share a host's name and a disk
 * have their own pids.
 */
const host = createHash('sha256').update(`${hostname()} ${pidNamespace()}`).digest('hex').slice(0, 8);
const pattern = /^([0-9a-f]{8})-(\d+)-([0-9a-f]{8})(?:\.\d+)?$/;
/** Owners in this process: a restarted process may have its predecessor's pid. */
const alive = new Set<string>();

/** Claims a new owner name for this process: host, pid, and a part that distinguishes it from others with that pid. */
export function newOwner(): string {
  const owner = `${host}-${process.pid}-${randomBytes(4).toString('hex')}`;
  alive.add(owner);
  return owner;
}

export function endOwner(owner: string): void {
  alive.delete(owner);
}

/**
 * Whether an owner is dead that last touched what it owns then, and does so more often than every `staleMs` milliseconds.
 * On this host the pid tells at once; the time decides
 * where it cannot: on a shared disk, in another container, and if another process has the pid by now.
 */
export function isAbandoned(name: string, modifiedAt: number, staleMs: number): boolean {
  const parts = pattern.exec(name);
  if (!parts) return false;
  const [, ownerHost, pid, nonce] = parts;
  const owner = `${ownerHost}-${pid}-${nonce}`;
  if (alive.has(owner)) return false;
  if (Date.now() - modifiedAt > staleMs) return true;
  return ownerHost === host && (Number(pid) === process.pid || !isRunning(Number(pid)));
}

function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
