import { readdir } from 'node:fs/promises';
import { NoSuchPage, type Part, type PartId, type PartQuery, type PartState } from '../store.ts';
import { knownParts } from './known-parts.ts';
import { isRunId, keyOf, runsFolder } from './layout.ts';
import { readPart } from './part-file.ts';
import { unlessMissing } from './quiet.ts';

/** How many runs are read at the same time. */
const readers = 16;

interface Known {
  id: PartId;
  beganAt: number;
  /** The state it was settled in, as far as that is known: it need not be read to be left out. */
  settledAs?: PartState;
}

/**
 * The parts of each module by age. It is read once, when it is first asked for; after that it knows what this process
 * begins, claims and removes.
 */
export class Catalog {
  readonly #dataDir: string;
  readonly #known = new Map<string, Known>();
  readonly #removed = new Set<string>();
  #read: Promise<void> | null = null;
  #isRead = false;

  constructor(dataDir: string) {
    this.#dataDir = dataDir;
  }

  /** Takes note of a part, or of its change. */
  add({ runId, attempt, module, beganAt, settled, state }: Part): void {
    const id = { runId, attempt, module };
    this.#removed.delete(keyOf(id));
    this.#known.set(keyOf(id), { id, beganAt, ...(settled && { settledAs: state }) });
  }

  remove(id: PartId): void {
    this.#known.delete(keyOf(id));
    if (!this.#isRead) this.#removed.add(keyOf(id));
  }

  /** A page of a module's parts, the newest first. */
  async page(query: PartQuery): Promise<{ parts: Part[]; next: string | null }> {
    const states = query.states ? new Set(query.states) : null;
    const after = query.after === undefined ? null : decode(query.after);
    const parts: Part[] = [];
    const sorted = await this.byAge(query.module);
    for (const known of sorted.reverse()) {
      if (after && order(known, after) >= 0) continue;
      if (known.settledAs && states && !states.has(known.settledAs)) continue;
      const stored = await readPart(this.#dataDir, known.id);
      if (stored?.part.settled) known.settledAs = stored.part.state;
      if (!stored || (states && !states.has(stored.part.state))) continue;
      if (parts.length === query.limit) return { parts, next: encode(parts.at(-1)) };
      parts.push(stored.part);
    }
    return { parts, next: null };
  }

  /** All parts of a module, the oldest first. */
  async byAge(module: number): Promise<Known[]> {
    this.#read ??= this.#readAll().catch((error) => {
      this.#read = null;
      throw error;
    });
    await this.#read;
    return [...this.#known.values()].filter(({ id }) => id.module === module).sort(order);
  }

  async #readAll(): Promise<void> {
    const runs = (await unlessMissing(readdir(runsFolder(this.#dataDir)), [])).filter(isRunId);
    const read = async () => {
      for (let runId = runs.pop(); runId !== undefined; runId = runs.pop())
        for (const id of await knownParts(this.#dataDir, runId)) {
          const stored = await readPart(this.#dataDir, id);
          if (stored && !this.#removed.has(keyOf(id))) this.add(stored.part);
        }
    };
    await Promise.all(Array.from({ length: readers }, read));
    this.#isRead = true;
    this.#removed.clear();
  }
}

function order(one: Known, other: Known): number {
  const [a, b] = [keyOf(one.id), keyOf(other.id)];
  return one.beganAt - other.beganAt || (a < b ? -1 : Number(a > b));
}

function encode(last: Part | undefined): string | null {
  if (!last) return null;
  const { beganAt, runId, attempt, module } = last;
  return Buffer.from(JSON.stringify([beganAt, runId, attempt, module])).toString('base64url');
}

function decode(cursor: string): Known {
  try {
    const [beganAt, runId, attempt, module] = JSON.parse(String(Buffer.from(cursor, 'base64url')));
    if (typeof beganAt === 'number' && isRunId(runId)) return { beganAt, id: { runId, attempt, module } };
  } catch {}
  throw new NoSuchPage();
}
