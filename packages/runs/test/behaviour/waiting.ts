import { expect, test } from 'vitest';
import type { Given } from './given.ts';

/** Parts that wait for a person. */
export function describeWaiting(the: Given): void {
  const { begunAndClaimed, claimed } = the;
  const from = ['waiting_for_review'] as const;

  async function waiting() {
    const { id, lease } = await begunAndClaimed();
    await lease.change({ state: 'waiting_for_review', notes: { requests: 2 } });
    await lease.end({ settled: true });
    return id;
  }

  test('a part that waits for a person is nobody’s to execute, and is listed by its state.', async () => {
    const id = await waiting();
    const other = await the.bench.another();
    expect([await other.claimable(1, 9), await other.claim(id), await other.requestCancel(id)]).toEqual([
      [],
      null,
      false,
    ]);
    const { parts } = await the.store.list({ module: 1, states: from, limit: 9 });
    expect(parts.map(({ runId, notes }) => [runId, notes])).toEqual([[id.runId, { requests: 2 }]]);
  });

  test('it is neither swept nor removed, however old and large.', async () => {
    const id = await waiting();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await the.store.sweep(1, { olderThanMs: 1, moreThanBytes: 0 })).toBe(0);
    await the.store.remove(id.runId, 1);
    expect(await the.store.part(id)).toMatchObject({ state: 'waiting_for_review', settled: true });
  });

  test('it is reopened only by whoever means one that waits, once of many at the same time.', async () => {
    const id = await waiting();
    expect(await the.store.reopen(id, { resume: 'a' })).toBe(false);
    const reopened = await Promise.all(
      ['b', 'c', 'd'].map((resume) => the.store.reopen(id, { resume }, from)),
    );
    expect(reopened.filter(Boolean)).toHaveLength(1);
    const resume = ['b', 'c', 'd'][reopened.indexOf(true)];
    expect(await the.store.part(id)).toMatchObject({ state: 'queued', notes: { requests: 2, resume } });
    expect((await claimed(id)).part.executions).toBe(2);
  });

  test('one that was reopened before its evidence was safe is executed again.', async () => {
    const { id, lease } = await begunAndClaimed();
    await lease.change({ state: 'waiting_for_review' });
    const reopened = the.store.reopen(id, {}, from);
    await lease.end({ settled: true });
    expect(await reopened).toBe(true);
    expect(await the.store.claimable(1, 9)).toEqual([id]);
  });
}
