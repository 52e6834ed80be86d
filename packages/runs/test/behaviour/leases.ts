import { expect, test } from 'vitest';
import { LeaseLost, type PartId } from '../../src/index.ts';
import type { Given } from './given.ts';

/** Who executes a part, and who may when nobody does. */
export function describeLeases(the: Given): void {
  const { newPart, idOf, claimed, begunAndClaimed, ended, data } = the;

  test('of fifty callers that claim a part, one gets it, and nobody else while it lives.', async () => {
    const { part } = await the.store.begin(newPart());
    const other = await the.bench.another();
    const given = await Promise.all(
      Array.from({ length: 50 }, (_, index) => (index % 2 ? other : the.store).claim(part)),
    );
    const [lease, ...more] = given.filter((one) => one !== null);

    expect(more).toEqual([]);
    expect(lease?.part).toMatchObject({ ...idOf(part), executions: 1 });
    expect(await the.store.claim(part)).toBeNull();
    expect(await other.claim(part)).toBeNull();
    expect(await other.claimable(1, 10)).toEqual([]);
  });

  test('a lease that ends unsettled is claimable at once, by anybody, and says so.', async () => {
    const { id, lease } = await begunAndClaimed();
    const other = await the.bench.another();
    const called = new Promise<void>((resolve) => the.store.onClaimable(1, resolve));
    await lease.append('calls', ['first']);
    await lease.end({ settled: false });
    await called;

    expect(await other.claimable(1, 10)).toEqual([id]);
    expect((await claimed(id, other)).part).toMatchObject({ executions: 2, settled: false });
    expect(lease.signal.aborted).toBe(false);
  });

  test('a part that is offered is said to be claimable.', async () => {
    const called = new Promise<void>((resolve) => the.store.onClaimable(2, resolve));
    await the.store.begin(newPart({ module: 2 }));
    await the.store.offer(2);

    await called;
  });

  test('claimable parts come oldest first, and only those of the module.', async () => {
    const ids: PartId[] = [];
    for (let count = 0; count < 3; count += 1) {
      ids.push(idOf((await the.store.begin(newPart())).part));
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
    await the.store.begin(newPart({ module: 2 }));

    expect(await the.store.claimable(1, 10)).toEqual(ids);
    expect(await the.store.claimable(1, 2)).toEqual(ids.slice(0, 2));
  });

  test('a settled part is claimed by nobody.', async () => {
    const id = await ended();

    expect(await the.store.claim(id)).toBeNull();
    expect(await the.store.claimable(1, 10)).toEqual([]);
    expect(await the.store.part(id)).toMatchObject({ state: 'finished', settled: true, executions: 1 });
  });

  test('a lease that was taken over is lost, and writes nothing.', async () => {
    const { id, lease } = await begunAndClaimed();
    await lease.append('calls', ['mine']);
    await lease.writeFile('plan.md', 'mine');
    await the.bench.strand(id);
    const other = await the.bench.another();
    const next = await claimed(id, other);
    await next.append('calls', ['theirs']);

    await expect(lease.append('calls', ['late'])).rejects.toThrow(LeaseLost);
    await expect(lease.append('events', ['late'])).rejects.toThrow(LeaseLost);
    await expect(lease.change({ state: 'failed' })).rejects.toThrow(LeaseLost);
    await expect(lease.writeFile('plan.md', 'late')).rejects.toThrow(LeaseLost);
    expect(lease.signal.reason).toBeInstanceOf(LeaseLost);
    expect(await data(id)).toEqual(['mine', 'theirs']);
    expect(await data(id, 'events')).toEqual([]);
    expect(await the.store.part(id)).toMatchObject({ state: 'queued', executions: 2 });
    expect(String(Buffer.from((await the.store.readFile(id, 'plan.md')) ?? []))).toBe('mine');
    await next.end({ settled: true });
  });

  test('a lease that has ended writes nothing.', async () => {
    const { lease } = await begunAndClaimed();
    await lease.end({ settled: true });

    await expect(lease.append('calls', ['late'])).rejects.toThrow(LeaseLost);
  });

  test('closing ends its leases, so that another goes on at once.', async () => {
    const other = await the.bench.another();
    const { part } = await the.store.begin(newPart());
    const lease = await claimed(part, other);
    await lease.append('calls', ['kept']);
    await other.close();

    expect(lease.signal.reason).toBeInstanceOf(LeaseLost);
    expect((await claimed(part)).part.executions).toBe(2);
    expect(await data(part)).toEqual(['kept']);
  });
}
