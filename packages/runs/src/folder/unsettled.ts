import { statSync } from 'node:fs';
import { readdir, readFile, rm, stat, truncate, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { createWhole, isAbandoned } from '@agento/files';
import type { Part, PartId } from '../store.ts';
import { runsFolder } from './layout.ts';
import { unlessMissing } from './quiet.ts';

/** How often an owner touches its entries, and after how long without it counts as dead, in milliseconds. */
export const heartbeatMs = 2_000;
export const staleMs = 4 * heartbeatMs;

/** One execution of an unsettled part, or that it began (0). */
export interface Entry extends PartId {
  /** When the part began, in milliseconds since 1970. */
  beganAt: number;
  execution: number;
}

const pattern = /^(\d+)\.([0-9a-f-]{36})\.(\d+)\.(\d+)$/;

/**
 * The parts that are not settled: `runs/.unsettled/module{N}/{began}.{run}.{attempt}.{execution}`, each with the name of
 * its owner, or empty when nobody has it. Whoever creates the file of the next execution has the part, which one of many
 * does. An owner that lives touches its files.
 */
export class Unsettled {
  readonly #dataDir: string;

  constructor(dataDir: string) {
    this.#dataDir = dataDir;
  }

  #folder(module: number): string {
    return join(runsFolder(this.#dataDir), '.unsettled', `module${module}`);
  }

  #path(entry: Entry): string {
    return join(this.#folder(entry.module), nameOf(entry));
  }

  /** Creates an entry; false if there is one. Without an owner, anybody may have the part. */
  create(entry: Entry, owner = ''): Promise<boolean> {
    return createWhole(this.#folder(entry.module), nameOf(entry), owner);
  }

  /** All entries of a module, the oldest part first. */
  async all(module: number): Promise<Entry[]> {
    const names = await unlessMissing(readdir(this.#folder(module)), []);
    const entries = names.flatMap((name): Entry[] => {
      const [, beganAt, runId, attempt, execution] = pattern.exec(name) ?? [];
      if (!runId) return [];
      return [
        { runId, module, attempt: Number(attempt), beganAt: Number(beganAt), execution: Number(execution) },
      ];
    });
    return entries.sort((a, b) => a.beganAt - b.beganAt || a.execution - b.execution);
  }

  /** A part's entries, the newest last. */
  async of({ runId, attempt, module }: PartId): Promise<Entry[]> {
    const all = await this.all(module);
    return all
      .filter((entry) => entry.runId === runId && entry.attempt === attempt)
      .sort((a, b) => a.execution - b.execution);
  }

  /** Whether nobody alive has it. */
  async isFree(entry: Entry): Promise<boolean> {
    const path = this.#path(entry);
    const [owner, found] = await Promise.all([
      unlessMissing(readFile(path, 'utf8'), null),
      unlessMissing(stat(path), null),
    ]);
    if (owner === null || !found) return false;
    return owner === '' || isAbandoned(owner, found.mtimeMs, staleMs);
  }

  /** Asked before every write: waiting for a thread of the pool would cost more than it takes. */
  has(entry: Entry): boolean {
    return statSync(this.#path(entry), { throwIfNoEntry: false }) !== undefined;
  }

  /** Says that its owner lives; false if it is gone. */
  touch(entry: Entry): Promise<boolean> {
    const now = new Date();
    return unlessMissing(
      utimes(this.#path(entry), now, now).then(() => true),
      false,
    );
  }

  /** Lets anybody have it. */
  release(entry: Entry): Promise<void> {
    return unlessMissing(truncate(this.#path(entry)), undefined);
  }

  remove(entry: Entry): Promise<void> {
    return rm(this.#path(entry), { force: true });
  }

  /** Removes all there is about a part, up to an execution: what a later one has is left alone. */
  async clear(id: PartId, upTo = Number.POSITIVE_INFINITY): Promise<void> {
    const entries = await this.of(id);
    for (const entry of entries) if (entry.execution <= upTo) await this.remove(entry);
    if (!entries.some(({ execution }) => execution > upTo)) await this.forgetCancel(id);
  }

  #cancelPath({ runId, attempt, module }: PartId): string {
    return join(this.#folder(module), `${runId}.${attempt}.cancel`);
  }

  /** Leaves word, for whichever process has the part, that it is to be cancelled. */
  async askToCancel(id: PartId): Promise<void> {
    await createWhole(this.#folder(id.module), `${id.runId}.${id.attempt}.cancel`, '');
  }

  forgetCancel(id: PartId): Promise<void> {
    return rm(this.#cancelPath(id), { force: true });
  }

  isToCancel(id: PartId): Promise<boolean> {
    return unlessMissing(
      stat(this.#cancelPath(id)).then(() => true),
      false,
    );
  }
}

/** The entry of an execution of a part. */
export function entryOf({ runId, attempt, module, beganAt }: Part, execution: number): Entry {
  return { runId, attempt, module, beganAt, execution };
}

function nameOf({ beganAt, runId, attempt, execution }: Entry): string {
  return `${beganAt}.${runId}.${attempt}.${execution}`;
}
