import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { endOwner, newOwner } from '@agento/files';
import type {
  KeyClaim,
  Lease,
  Part,
  PartId,
  PartQuery,
  PartStart,
  PartState,
  RunStore,
  StoredRecord,
  Stream,
} from '../store.ts';
import { stopped } from '../store.ts';
import { Catalog } from './catalog.ts';
import { claimPart } from './claim.ts';
import { claimable } from './claimable.ts';
import { watchDisk } from './disk.ts';
import { claimKey, removeKeys } from './keys.ts';
import { knownParts } from './known-parts.ts';
import { type AttemptId, keyOf, partPath, runsFolder, streamPath } from './layout.ts';
import type { FolderLease, LeaseHooks } from './lease.ts';
import { appendOnce, readLines } from './lines.ts';
import { Listeners } from './listeners.ts';
import { readOwn } from './own-file.ts';
import { createPart, type PartChange, readPart, type StoredPart } from './part-file.ts';
import { removePart } from './remove.ts';
import { type Limits, sweep } from './sweep.ts';
import { entryOf, heartbeatMs, Unsettled } from './unsettled.ts';

export interface FolderStoreOptions {
  /** Everything is in its subfolders `runs` and `keys`. */
  dataDir: string;
}

/**
 * Runs in a folder, for one process a module on one machine. What was written survives the death of the process, not of
 * the machine: journals are not synced. `list`, after its first call, knows what this process does.
 */
export function createFolderStore({ dataDir }: FolderStoreOptions): RunStore {
  return new FolderStore(dataDir);
}

/** How often whoever watches a part that is executed elsewhere is to look, in milliseconds. */
const otherwiseMs = 1_000;

class FolderStore implements RunStore {
  readonly #dataDir: string;
  readonly #keys: string;
  readonly #owner = newOwner();
  readonly #unsettled: Unsettled;
  readonly #catalog: Catalog;
  readonly #watching = new Listeners();
  readonly #claiming = new Listeners();
  readonly #leases = new Map<string, FolderLease>();
  readonly #hooks: LeaseHooks;
  readonly #whyNotWritable: (afterFailure: boolean) => Promise<string | null>;
  readonly #timer: NodeJS.Timeout;
  #hasFailed = false;
  #isClosed = false;
  #reopening: Promise<unknown> = Promise.resolve();

  constructor(dataDir: string) {
    this.#dataDir = dataDir;
    this.#keys = join(dataDir, 'keys');
    this.#unsettled = new Unsettled(dataDir);
    this.#catalog = new Catalog(dataDir);
    this.#whyNotWritable = watchDisk(runsFolder(dataDir));
    this.#hooks = {
      dataDir,
      unsettled: this.#unsettled,
      changed: (part) => this.#watching.call(keyOf(part)),
      failed: () => {
        this.#hasFailed = true;
      },
      ended: (lease, settled) => this.#ended(lease, settled),
    };
    this.#timer = setInterval(() => {
      // A disk that cannot be read is told by whoever needs it.
      this.#beat().catch(() => {});
    }, heartbeatMs).unref();
  }

  async begin(start: PartStart): Promise<{ part: Part; begun: boolean }> {
    const known = await readPart(this.#dataDir, start);
    if (known) return { part: known.part, begun: false };
    const { runId, attempt, module, input, origin } = start;
    const at = Date.now();
    const entry = { runId, attempt, module, beganAt: at, execution: 0 };
    const begun = await this.#noticing(async () => {
      // Before the part: a part without an entry would never be executed.
      await this.#unsettled.create(entry);
      return createPart(this.#dataDir, { runId, attempt, module, input, origin }, at);
    }).catch(async (error) => {
      await this.#unsettled.remove(entry).catch(() => {});
      throw error;
    });
    const stored = await readPart(this.#dataDir, start);
    if (!stored) throw new Error(`The run ${runId} was deleted while it began: ask again`);
    if (!begun && stored.part.beganAt !== at) await this.#unsettled.remove(entry);
    if (!begun) return { part: stored.part, begun };
    this.#catalog.add(stored.part);
    return { part: stored.part, begun };
  }

  async part(id: PartId): Promise<Part | null> {
    return (await readPart(this.#dataDir, id))?.part ?? null;
  }

  partsOf(runId: string): Promise<PartId[]> {
    return knownParts(this.#dataDir, runId);
  }

  list(query: PartQuery): Promise<{ parts: Part[]; next: string | null }> {
    return this.#catalog.page(query);
  }

  async claim({ runId, attempt, module }: PartId): Promise<Lease | null> {
    const id = { runId, attempt, module };
    const lease = await this.#noticing(() => claimPart(id, this.#owner, this.#hooks));
    if (!lease) return null;
    if (this.#isClosed) {
      await lease.end({ settled: false });
      return null;
    }
    this.#leases.set(keyOf(id), lease);
    this.#catalog.add(lease.part);
    return lease;
  }

  claimable(module: number, most: number): Promise<PartId[]> {
    return claimable(this.#dataDir, this.#unsettled, module, most, this.#leases);
  }

  async offer(module: number): Promise<void> {
    this.#claiming.call(String(module));
  }

  onClaimable(module: number, listener: () => void): () => void {
    return this.#claiming.add(String(module), listener);
  }

  reopen(id: PartId, notes: Record<string, unknown>, from = stopped): Promise<boolean> {
    // One after the other: the second finds what the first did.
    const reopened = this.#reopening.then(() => this.#reopen(id, notes, from));
    this.#reopening = reopened.catch(() => {});
    return reopened;
  }

  async #reopen(id: PartId, notes: Record<string, unknown>, from: readonly PartState[]): Promise<boolean> {
    const known = await readPart(this.#dataDir, id);
    if (!known || known.older || !from.includes(known.part.state)) return false;
    const entry = entryOf(known.part, known.part.executions);
    const change: PartChange = { at: Date.now(), state: 'queued', settled: false, notes, reopened: true };
    await this.#noticing(async () => {
      await this.#unsettled.forgetCancel(id);
      await this.#unsettled.create(entry);
      await appendOnce(partPath(this.#dataDir, id), [JSON.stringify(change)]);
      // Whoever looked in between took it for settled, and removed the entry.
      await this.#unsettled.create(entry);
    });
    this.#catalog.add({ ...known.part, settled: false });
    this.#watching.call(keyOf(id));
    this.#claiming.call(String(id.module));
    return true;
  }

  async requestCancel(id: PartId): Promise<boolean> {
    const known = await readPart(this.#dataDir, id);
    if (!known || !['queued', 'running'].includes(known.part.state)) return false;
    await this.#noticing(() => this.#unsettled.askToCancel(id));
    this.#leases.get(keyOf(id))?.cancel();
    return true;
  }

  async records(id: PartId, stream: Stream, after = 0, most?: number): Promise<StoredRecord[]> {
    const lines = await readLines(streamPath(this.#dataDir, id, stream));
    return lines
      .filter((line) => 'd' in line)
      .map((line, index) => ({ seq: index + 1, data: line.d }))
      .slice(after, most === undefined ? undefined : after + most);
  }

  watch(id: PartId, listener: () => void): () => void {
    const key = keyOf(id);
    const end = this.#watching.add(key, listener);
    // Another process may execute it, such as a predecessor that is still ending: nobody tells of that.
    const timer = setInterval(() => {
      if (!this.#leases.has(key)) listener();
    }, otherwiseMs).unref();
    return () => {
      clearInterval(timer);
      end();
    };
  }

  readFile(id: AttemptId, name: string): Promise<Uint8Array | null> {
    return readOwn(this.#dataDir, id, name);
  }

  async forget(id: PartId, stream: Stream): Promise<void> {
    await this.#leases.get(keyOf(id))?.close(stream);
    await rm(streamPath(this.#dataDir, id, stream), { force: true });
  }

  async remove(runId: string, module: number, attempt?: number): Promise<void> {
    const removed: PartId[] = [];
    for (const id of await knownParts(this.#dataDir, runId)) {
      if (id.module !== module || id.attempt !== (attempt ?? id.attempt)) continue;
      if (await this.#removeUnlessItGoesOn(id)) removed.push(id);
    }
    if (removed.length > 0) await removeKeys(this.#keys, removed);
  }

  async #removeUnlessItGoesOn(id: PartId): Promise<boolean> {
    const stored = await readPart(this.#dataDir, id);
    if (!stored) return false;
    const { state, settled } = stored.part;
    if (state === 'waiting_for_review' || (!settled && ['queued', 'running'].includes(state))) return false;
    // If its evidence is not safe yet, nobody may be at it meanwhile.
    const lease = stored.part.settled ? null : await claimPart(id, this.#owner, this.#hooks);
    if (!stored.part.settled && !lease) return false;
    await this.#removePart(id, stored);
    lease?.lose();
    return true;
  }

  async #removePart(id: PartId, stored: StoredPart): Promise<void> {
    await removePart(this.#dataDir, id, stored);
    await this.#unsettled.clear(id);
    this.#catalog.remove(id);
    this.#watching.call(keyOf(id));
  }

  claimKey(claim: KeyClaim): Promise<KeyClaim> {
    return this.#noticing(() => claimKey(this.#keys, claim));
  }

  async sweep(module: number, limits: Limits): Promise<number> {
    const removed: PartId[] = [];
    await sweep(this.#dataDir, this.#catalog, module, limits, async (id, stored) => {
      await this.#removePart(id, stored);
      removed.push(id);
    });
    await removeKeys(this.#keys, removed);
    return removed.length;
  }

  /** A disk answers at once, and may have room again. */
  outage(): null {
    return null;
  }

  async problem(): Promise<string | null> {
    const problem = await this.#whyNotWritable(this.#hasFailed);
    if (problem === null) this.#hasFailed = false;
    return problem;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#timer);
    for (const lease of [...this.#leases.values()]) {
      lease.lose();
      await lease.letGo();
      await this.#unsettled.release(lease.entry);
    }
    endOwner(this.#owner);
  }

  #ended(lease: FolderLease, settled: boolean): void {
    const key = keyOf(lease.part);
    if (this.#leases.get(key) === lease) this.#leases.delete(key);
    this.#watching.call(key);
    if (!settled) this.#claiming.call(String(lease.part.module));
  }

  async #beat(): Promise<void> {
    for (const lease of [...this.#leases.values()]) await lease.beat();
    for (const module of this.#claiming.topics())
      if ((await this.claimable(Number(module), 1)).length > 0) this.#claiming.call(module);
  }

  /** Remembers that the disk refused. */
  async #noticing<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.#hasFailed = true;
      throw error;
    }
  }
}
