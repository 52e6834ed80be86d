import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach } from 'vitest';
import type { Lease, PartId, PartStart, RunStore } from '../../src/index.ts';

/** A store under test, empty at first. */
export interface Bench {
  store: RunStore;
  /** Another store on the same data, as another process has it; `close` closes it too. */
  another(): Promise<RunStore>;
  /** Makes it look as if whoever executes the part had not been heard of for long, although it lives. */
  strand(id: PartId): Promise<void>;
  /** Closes all stores and removes the data. */
  close(): Promise<void>;
}

export type Given = ReturnType<typeof given>;

/** What the tests of a store begin with: a new bench for each, and parts in the states they need. */
export function given(makeStore: () => Promise<Bench>) {
  let bench: Bench;
  beforeEach(async () => {
    bench = await makeStore();
  });
  afterEach(() => bench.close());

  const newPart = (over: Partial<PartStart> = {}): PartStart => ({
    runId: randomUUID(),
    attempt: 1,
    module: 1,
    input: { goal: 'Rent a room.' },
    origin: { trace: 'a' },
    ...over,
  });
  const idOf = ({ runId, attempt, module }: PartId): PartId => ({ runId, attempt, module });
  async function claimed(id: PartId, from = bench.store): Promise<Lease> {
    const lease = await from.claim(id);
    if (!lease) throw new Error('Nobody has the part, and yet it could not be claimed');
    return lease;
  }
  async function begunAndClaimed(over: Partial<PartStart> = {}): Promise<{ id: PartId; lease: Lease }> {
    const { part } = await bench.store.begin(newPart(over));
    return { id: idOf(part), lease: await claimed(part) };
  }
  async function ended(over: Partial<PartStart> = {}, state: 'finished' | 'failed' = 'finished') {
    const { id, lease } = await begunAndClaimed(over);
    await lease.change({ state });
    await lease.end({ settled: true });
    return id;
  }
  const data = async (id: PartId, stream: 'calls' | 'events' = 'calls') =>
    (await bench.store.records(id, stream)).map((record) => record.data);
  return {
    get bench() {
      return bench;
    },
    get store() {
      return bench.store;
    },
    ...{ newPart, idOf, claimed, begunAndClaimed, ended, data },
  };
}
