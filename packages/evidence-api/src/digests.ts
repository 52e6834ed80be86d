import { stat } from 'node:fs/promises';
import { type RunReading, readingsIn, traceFilesIn, type Unread } from '@agento/evidence';

/** What a view over several runs needs of each. */
export type Digest<T> = (reading: RunReading) => T;

/** Files of which digests are held: somewhat more than a view is over. */
const most = 200;

interface Held {
  /** When the file was last changed, in milliseconds since 1970. */
  written: number;
  size: number;
  digests: unknown[];
}

/** Digests of the runs in a folder, each made when it is first asked for, and again when its file has changed. */
export interface Digests {
  /** Those of the files last written first; what holds no run is told to `skip`. */
  each<T>(digest: Digest<T>, skip: (unread: Unread) => void): AsyncGenerator<T>;
  forget(): void;
}

export function digestsOf(folder: string): Digests {
  const held = new Map<Digest<unknown>, Map<string, Held>>();
  return {
    async *each<T>(digest: Digest<T>, skip: (unread: Unread) => void) {
      const own = held.get(digest) ?? new Map<string, Held>();
      held.set(digest, own);
      for (const { file, written, size } of await dated(folder)) {
        const before = own.get(file);
        own.delete(file);
        const digests =
          before?.written === written && before.size === size
            ? (before.digests as T[])
            : await digestsIn(file, digest, skip);
        if (digests.length > 0) own.set(file, { written, size, digests });
        for (const oldest of own.keys()) {
          if (own.size <= most) break;
          own.delete(oldest);
        }
        yield* digests;
      }
    },
    forget: () => held.clear(),
  };
}

async function digestsIn<T>(file: string, digest: Digest<T>, skip: (unread: Unread) => void): Promise<T[]> {
  const readings = await Array.fromAsync(readingsIn(file, 0, skip));
  return readings.sort((one, other) => other.started_ms - one.started_ms).map(digest);
}

/** The last written first. */
async function dated(folder: string) {
  const files = await Promise.all(
    traceFilesIn(folder).map(async (file) => {
      const { mtimeMs: written, size } = await stat(file).catch(() => ({ mtimeMs: 0, size: 0 }));
      return { file, written, size };
    }),
  );
  return files.sort((one, other) => other.written - one.written);
}
