import { hash, randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  CancelRequested,
  type Lease,
  LeaseLost,
  NoSuchPage,
  type PartId,
  type PartStart,
  type RunStore,
} from '../src/index.ts';

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

/** What every driver of the run store does. */
export function describeStore(name: string, makeStore: () => Promise<Bench>): void {
  describe(`The run store in ${name}`, () => {
    let bench: Bench;
    let store: RunStore;
    beforeEach(async () => {
      bench = await makeStore();
      store = bench.store;
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
    async function claimed(id: PartId, from = store): Promise<Lease> {
      const lease = await from.claim(id);
      if (!lease) throw new Error('Nobody has the part, and yet it could not be claimed');
      return lease;
    }
    async function begunAndClaimed(over: Partial<PartStart> = {}): Promise<{ id: PartId; lease: Lease }> {
      const { part } = await store.begin(newPart(over));
      return { id: idOf(part), lease: await claimed(part) };
    }
    async function ended(over: Partial<PartStart> = {}, state: 'finished' | 'failed' = 'finished') {
      const { id, lease } = await begunAndClaimed(over);
      await lease.change({ state });
      await lease.end({ settled: true });
      return id;
    }
    const data = async (id: PartId, stream: 'calls' | 'events' = 'calls') =>
      (await store.records(id, stream)).map((record) => record.data);

    test('a part begins queued, with what it was given, and nobody executing it.', async () => {
      const start = newPart();
      const { part, begun } = await store.begin(start);

      expect(begun).toBe(true);
      expect(part).toMatchObject({ ...start, state: 'queued', executions: 0, settled: false, notes: {} });
      expect(part.beganAt).toBe(part.changedAt);
      expect(await store.part(start)).toEqual(part);
    });

    test('of fifty callers that begin the same part, one does, and all get the same.', async () => {
      const start = newPart();
      const other = await bench.another();
      const given = await Promise.all(
        Array.from({ length: 50 }, (_, index) =>
          (index % 2 ? other : store).begin({ ...start, input: { index } }),
        ),
      );

      expect(given.filter(({ begun }) => begun)).toHaveLength(1);
      expect(new Set(given.map(({ part }) => JSON.stringify(part.input))).size).toBe(1);
    });

    test('what is not there is null, or empty.', async () => {
      const id = newPart();

      expect(await store.part(id)).toBeNull();
      expect(await store.claim(id)).toBeNull();
      expect(await store.partsOf(id.runId)).toEqual([]);
      expect(await store.records(id, 'calls')).toEqual([]);
      expect(await store.readFile(id, 'final_plan.md')).toBeNull();
      expect(await store.requestCancel(id)).toBe(false);
      expect(await store.reopen(id, {})).toBe(false);
      expect(await store.list({ module: 1, limit: 10 })).toEqual({ parts: [], next: null });
      await store.remove(id.runId, 1);
      await store.forget(id, 'calls');
    });

    test('of fifty callers that claim a part, one gets it, and nobody else while it lives.', async () => {
      const { part } = await store.begin(newPart());
      const other = await bench.another();
      const given = await Promise.all(
        Array.from({ length: 50 }, (_, index) => (index % 2 ? other : store).claim(part)),
      );
      const [lease, ...more] = given.filter((one) => one !== null);

      expect(more).toEqual([]);
      expect(lease?.part).toMatchObject({ ...idOf(part), executions: 1 });
      expect(await store.claim(part)).toBeNull();
      expect(await other.claim(part)).toBeNull();
      expect(await other.claimable(1, 10)).toEqual([]);
    });

    test('what changes is merged, and seen by others.', async () => {
      const { id, lease } = await begunAndClaimed();
      await lease.change({ state: 'running', notes: { trace: 'a', usage: { calls: 1 } } });
      await lease.change({ notes: { usage: { calls: 2 } } });

      expect(await (await bench.another()).part(id)).toMatchObject({
        ...{ state: 'running', executions: 1, settled: false },
        notes: { trace: 'a', usage: { calls: 2 } },
      });
    });

    test('records keep the order of concurrent calls, numbered without gaps.', async () => {
      const { id, lease } = await begunAndClaimed();
      const sent = Array.from({ length: 200 }, (_, index) => ({ index, text: 'Café\n' }));
      await Promise.all(sent.map((one) => lease.append('calls', [one])));
      await lease.append('events', [1, null, 'three']);
      await lease.append('events', []);

      expect(await store.records(id, 'calls')).toEqual(
        sent.map((one, index) => ({ seq: index + 1, data: one })),
      );
      expect(await store.records(id, 'calls', 198)).toEqual([
        { seq: 199, data: sent[198] },
        { seq: 200, data: sent[199] },
      ]);
      expect(await store.records(id, 'calls', 100, 1)).toEqual([{ seq: 101, data: sent[100] }]);
      expect(await data(id, 'events')).toEqual([1, null, 'three']);
    });

    test('a recorded call does not come before the span that made it.', async () => {
      const { lease } = await begunAndClaimed();
      let isNoted = false;
      const noted = lease.append('spans', ['x'.repeat(5_000_000)]).then(() => {
        isNoted = true;
      });
      await lease.append('calls', ['made']);
      expect(isNoted).toBe(true);
      await noted;
    });

    test('records go on where the execution before stopped.', async () => {
      const { id, lease } = await begunAndClaimed();
      await lease.append('calls', ['first']);
      await lease.end({ settled: false });
      await (await claimed(id)).append('calls', ['second']);

      expect(await store.records(id, 'calls')).toEqual([
        { seq: 1, data: 'first' },
        { seq: 2, data: 'second' },
      ]);
    });

    test('a lease that ends unsettled is claimable at once, by anybody, and says so.', async () => {
      const { id, lease } = await begunAndClaimed();
      const other = await bench.another();
      const called = new Promise<void>((resolve) => store.onClaimable(1, resolve));
      await lease.append('calls', ['first']);
      await lease.end({ settled: false });
      await called;

      expect(await other.claimable(1, 10)).toEqual([id]);
      expect((await claimed(id, other)).part).toMatchObject({ executions: 2, settled: false });
      expect(lease.signal.aborted).toBe(false);
    });

    test('a part that is offered is said to be claimable.', async () => {
      const called = new Promise<void>((resolve) => store.onClaimable(2, resolve));
      await store.begin(newPart({ module: 2 }));
      await store.offer(2);

      await called;
    });

    test('claimable parts come oldest first, and only those of the module.', async () => {
      const ids: PartId[] = [];
      for (let count = 0; count < 3; count += 1) {
        ids.push(idOf((await store.begin(newPart())).part));
        await new Promise((resolve) => setTimeout(resolve, 3));
      }
      await store.begin(newPart({ module: 2 }));

      expect(await store.claimable(1, 10)).toEqual(ids);
      expect(await store.claimable(1, 2)).toEqual(ids.slice(0, 2));
    });

    test('a settled part is claimed by nobody.', async () => {
      const id = await ended();

      expect(await store.claim(id)).toBeNull();
      expect(await store.claimable(1, 10)).toEqual([]);
      expect(await store.part(id)).toMatchObject({ state: 'finished', settled: true, executions: 1 });
    });

    test('a lease that was taken over is lost, and writes nothing.', async () => {
      const { id, lease } = await begunAndClaimed();
      await lease.append('calls', ['mine']);
      await lease.writeFile('plan.md', 'mine');
      await bench.strand(id);
      const other = await bench.another();
      const next = await claimed(id, other);
      await next.append('calls', ['theirs']);

      await expect(lease.append('calls', ['late'])).rejects.toThrow(LeaseLost);
      await expect(lease.append('events', ['late'])).rejects.toThrow(LeaseLost);
      await expect(lease.change({ state: 'failed' })).rejects.toThrow(LeaseLost);
      await expect(lease.writeFile('plan.md', 'late')).rejects.toThrow(LeaseLost);
      expect(lease.signal.reason).toBeInstanceOf(LeaseLost);
      expect(await data(id)).toEqual(['mine', 'theirs']);
      expect(await data(id, 'events')).toEqual([]);
      expect(await store.part(id)).toMatchObject({ state: 'queued', executions: 2 });
      expect(String(Buffer.from((await store.readFile(id, 'plan.md')) ?? []))).toBe('mine');
      await next.end({ settled: true });
    });

    test('a lease that has ended writes nothing.', async () => {
      const { lease } = await begunAndClaimed();
      await lease.end({ settled: true });

      await expect(lease.append('calls', ['late'])).rejects.toThrow(LeaseLost);
    });

    test('closing ends its leases, so that another goes on at once.', async () => {
      const other = await bench.another();
      const { part } = await store.begin(newPart());
      const lease = await claimed(part, other);
      await lease.append('calls', ['kept']);
      await other.close();

      expect(lease.signal.reason).toBeInstanceOf(LeaseLost);
      expect((await claimed(part)).part.executions).toBe(2);
      expect(await data(part)).toEqual(['kept']);
    });

    test('a request to cancel reaches whoever executes the part.', async () => {
      const { id, lease } = await begunAndClaimed();
      const aborted = new Promise((resolve) => lease.signal.addEventListener('abort', resolve));
      expect(await store.requestCancel(id)).toBe(true);
      await aborted;

      expect(lease.signal.reason).toBeInstanceOf(CancelRequested);
      await lease.change({ state: 'cancelled' });
      expect(await store.requestCancel(id)).toBe(false);
    });

    test('a request to cancel reaches the owner in another process.', async () => {
      const { id, lease } = await begunAndClaimed();
      const aborted = new Promise((resolve) => lease.signal.addEventListener('abort', resolve));
      expect(await (await bench.another()).requestCancel(id)).toBe(true);
      await aborted;

      expect(lease.signal.reason).toBeInstanceOf(CancelRequested);
    });

    test('a request to cancel waits for whoever claims the part next.', async () => {
      const { part } = await store.begin(newPart());
      expect(await store.requestCancel(part)).toBe(true);

      expect((await claimed(part)).signal.reason).toBeInstanceOf(CancelRequested);
    });

    test('a part that failed is reopened once, and executed again.', async () => {
      const { id, lease } = await begunAndClaimed();
      await lease.change({ state: 'failed', notes: { problem: 'no model', trace: 'a' } });
      await lease.end({ settled: true });
      const answers = await Promise.all([store.reopen(id, { by: 1 }), store.reopen(id, { by: 1 })]);

      expect(answers.sort()).toEqual([false, true]);
      expect(await store.part(id)).toMatchObject({ state: 'queued', settled: false });
      expect((await store.part(id))?.notes).toEqual({ trace: 'a', by: 1 });
      expect(await store.claimable(1, 10)).toEqual([id]);
      expect((await claimed(id)).part.executions).toBe(2);
      expect(await store.reopen(await ended(), {})).toBe(false);
    });

    test('a part that is watched says when it changes or grows, until that is ended.', async () => {
      const { id, lease } = await begunAndClaimed();
      let calls = 0;
      let seen = Promise.withResolvers<void>();
      const stop = store.watch(id, () => {
        calls += 1;
        seen.resolve();
      });
      await lease.append('events', [1]);
      await seen.promise;
      seen = Promise.withResolvers();
      await lease.change({ state: 'running' });
      await seen.promise;
      stop();
      const before = calls;
      await lease.append('events', [2]);
      await store.part(id);

      expect(calls).toBe(before);
    });

    test('an attempt’s files are written whole, and read by name only.', async () => {
      const { id, lease } = await begunAndClaimed({ attempt: 2 });
      await lease.writeFile('final_plan.md', 'a long first version');
      await lease.writeFile('final_plan.md', '# Café');

      expect(String(Buffer.from((await store.readFile(id, 'final_plan.md')) ?? []))).toBe('# Café');
      expect(await store.readFile({ ...id, attempt: 1 }, 'final_plan.md')).toBeNull();
      expect(await store.readFile(id, '../final_plan.md')).toBeNull();
    });

    test('a stream is forgotten, and the others stay.', async () => {
      const { id, lease } = await begunAndClaimed();
      await lease.append('calls', [1]);
      await lease.append('events', [2]);
      await lease.end({ settled: true });
      await store.forget(id, 'calls');

      expect([await data(id), await data(id, 'events')]).toEqual([[], [2]]);
    });

    test('the parts of a run are known by attempt and module.', async () => {
      const { runId } = newPart();
      for (const [attempt, module] of [
        [10, 2],
        [2, 2],
        [1, 2],
        [1, 1],
      ])
        await store.begin(newPart({ runId, attempt: attempt ?? 0, module: module ?? 0 }));

      expect(await store.partsOf(runId)).toEqual([
        { runId, attempt: 1, module: 1 },
        { runId, attempt: 1, module: 2 },
        { runId, attempt: 2, module: 2 },
        { runId, attempt: 10, module: 2 },
      ]);
    });

    test('parts are listed newest first, in pages, by state.', async () => {
      const ids: string[] = [];
      for (let count = 0; count < 5; count += 1) {
        ids.unshift((await ended({}, count % 2 ? 'failed' : 'finished')).runId);
        await new Promise((resolve) => setTimeout(resolve, 3));
      }
      await store.begin(newPart({ module: 2 }));
      const first = await store.list({ module: 1, limit: 2 });
      await store.begin(newPart());
      const second = await store.list({ module: 1, limit: 2, after: first.next ?? '' });
      const third = await store.list({ module: 1, limit: 2, after: second.next ?? '' });

      const runsOf = ({ parts }: { parts: PartId[] }) => parts.map(({ runId }) => runId);
      expect([first, second, third].map(runsOf)).toEqual([ids.slice(0, 2), ids.slice(2, 4), ids.slice(4)]);
      expect(third.next).toBeNull();
      const failed = await store.list({ module: 1, limit: 9, states: ['failed'] });
      expect(runsOf(failed)).toEqual([ids[1], ids[3]]);
    });

    test.each(['', 'x', '\0', '1.1.\0', 'WzEsIngiXQ'])('after %j there is no page.', async (after) => {
      await expect(store.list({ module: 1, limit: 2, after })).rejects.toBeInstanceOf(NoSuchPage);
    });

    test('a run’s parts are removed with their files; those of other modules, or that go on, stay.', async () => {
      const { runId } = newPart();
      const { id, lease } = await begunAndClaimed({ runId });
      await lease.append('calls', [1]);
      await lease.writeFile('module1_output.json', '{}');
      await store.remove(runId, 1);
      expect(await store.part(id)).toMatchObject({ runId });

      await lease.end({ settled: true });
      const other = await ended({ runId, module: 2 });
      await store.remove(runId, 1);
      expect([await store.part(id), await data(id), await store.readFile(id, 'module1_output.json')]).toEqual(
        [null, [], null],
      );
      expect(await store.partsOf(runId)).toEqual([other]);
      expect((await store.list({ module: 1, limit: 9 })).parts).toEqual([]);
    });

    test.each([1, 2])(
      'of attempt %i alone all that it left is removed, and nothing of another.',
      async (gone) => {
        const { runId } = newPart();
        for (const attempt of [1, 2]) {
          const { id, lease } = await begunAndClaimed({ runId, attempt });
          const claim = { key: hash('sha256', `k${attempt}`), bodyHash: '', until: Date.now() + 60_000 };
          await store.claimKey({ ...claim, part: id });
          await lease.append('events', [attempt]);
          await lease.writeFile('final_plan.md', `plan ${attempt}`);
          await lease.end({ settled: true });
        }
        const left = { runId, attempt: 3 - gone, module: 1 };
        await store.remove(runId, 1, gone);

        expect(await store.partsOf(runId)).toEqual([left]);
        expect((await store.list({ module: 1, limit: 9 })).parts.map(idOf)).toEqual([left]);
        const [removed, kept] = [gone, left.attempt].map((attempt) => ({ runId, attempt, module: 1 }));
        const leftBy = async (id: PartId) => [
          await data(id, 'events'),
          await store.readFile(id, 'final_plan.md'),
        ];
        expect(await leftBy(removed as PartId)).toEqual([[], null]);
        expect(await leftBy(kept as PartId)).toEqual([[left.attempt], expect.anything()]);
        const claims = [1, 2].map((attempt) => {
          const part = { runId, attempt: 9, module: 1 };
          const key = hash('sha256', `k${attempt}`);
          return store.claimKey({ key, bodyHash: '', part, until: Date.now() + 60_000 });
        });
        const stand = (await Promise.all(claims)).map(({ part }) => part.attempt);
        expect(stand).toEqual(gone === 1 ? [9, 2] : [1, 9]);
      },
    );

    test('a run that ended is removed although its evidence is not safe yet, and with it its key.', async () => {
      const { id, lease } = await begunAndClaimed();
      const claim = { key: hash('sha256', 'k'), bodyHash: '', part: id, until: Date.now() + 60_000 };
      await store.claimKey(claim);
      await lease.change({ state: 'failed' });
      await store.remove(id.runId, 1);
      expect(await store.part(id)).toMatchObject(id);

      await lease.end({ settled: false });
      await store.remove(id.runId, 1);
      expect(await store.part(id)).toBeNull();
      expect(await store.claimable(1, 9)).toEqual([]);
      const anew = { ...claim, part: newPart() };
      expect((await store.claimKey({ ...anew, part: idOf(anew.part) })).part).toEqual(idOf(anew.part));
    });

    test('sweeping deletes settled parts beyond their age, and no others.', async () => {
      const old = await ended();
      const goesOn = idOf((await store.begin(newPart())).part);
      const elsewhere = await ended({ module: 2 });
      await new Promise((resolve) => setTimeout(resolve, 20));

      expect(await store.sweep(1, { olderThanMs: 3_600_000, moreThanBytes: null })).toBe(0);
      expect(await store.sweep(1, { olderThanMs: 1, moreThanBytes: null })).toBe(1);
      expect(await Promise.all([old, goesOn, elsewhere].map(async (id) => !!(await store.part(id))))).toEqual(
        [false, true, true],
      );
    });

    test('sweeping deletes the oldest until the rest is small enough, whatever other modules left.', async () => {
      const elsewhere = await begunAndClaimed({ module: 2 });
      await elsewhere.lease.writeFile('module2_output.json', 'x'.repeat(400_000));
      await elsewhere.lease.end({ settled: true });
      const ids: PartId[] = [];
      for (let count = 0; count < 3; count += 1) {
        const { id, lease } = await begunAndClaimed();
        await lease.writeFile('module1_output.json', 'x'.repeat(200_000));
        await lease.end({ settled: true });
        ids.push(id);
        await new Promise((resolve) => setTimeout(resolve, 3));
      }

      expect(await store.sweep(1, { olderThanMs: null, moreThanBytes: 10_000_000 })).toBe(0);
      expect(await store.sweep(1, { olderThanMs: null, moreThanBytes: 300_000 })).toBe(2);
      expect((await store.list({ module: 1, limit: 9 })).parts.map(idOf)).toEqual([ids[2]]);
    });

    describe('with a key', () => {
      const key = hash('sha256', 'a key');
      const claim = (over: object = {}) => ({
        ...{ key, bodyHash: hash('sha256', 'a body'), part: idOf(newPart()), until: Date.now() + 60_000 },
        ...over,
      });

      test('of fifty concurrent claims one holds, and all get it.', async () => {
        const other = await bench.another();
        const claims = Array.from({ length: 50 }, () => claim());
        const given = await Promise.all(
          claims.map((one, index) => (index % 2 ? other : store).claimKey(one)),
        );

        const [holds] = given;
        expect(given).toEqual(claims.map(() => holds));
        expect(claims.filter(({ part }) => part.runId === holds?.part.runId)).toHaveLength(1);
        expect(await store.claimKey(claim())).toEqual(holds);
      });

      test('one that is over is replaced, by one of many.', async () => {
        await store.claimKey(claim({ until: Date.now() - 1 }));
        const other = await bench.another();
        const given = await Promise.all(
          Array.from({ length: 50 }, (_, index) => (index % 2 ? other : store).claimKey(claim())),
        );

        expect(new Set(given.map(({ part }) => part.runId)).size).toBe(1);
        expect(given[0]?.until).toBeGreaterThan(Date.now());
      });
    });

    test('a store that can be written has no problem.', async () => {
      expect(await store.problem()).toBeNull();
    });
  });
}
