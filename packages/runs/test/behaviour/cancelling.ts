import { expect, test } from 'vitest';
import { CancelRequested } from '../../src/index.ts';
import type { Given } from './given.ts';

/** Cancelling a part, and executing one again that had ended. */
export function describeCancelling(the: Given): void {
  const { newPart, claimed, begunAndClaimed, ended } = the;

  test('a request to cancel reaches whoever executes the part.', async () => {
    const { id, lease } = await begunAndClaimed();
    const aborted = new Promise((resolve) => lease.signal.addEventListener('abort', resolve));
    expect(await the.store.requestCancel(id)).toBe(true);
    await aborted;

    expect(lease.signal.reason).toBeInstanceOf(CancelRequested);
    await lease.change({ state: 'cancelled' });
    expect(await the.store.requestCancel(id)).toBe(false);
  });

  test('a request to cancel reaches the owner in another process.', async () => {
    const { id, lease } = await begunAndClaimed();
    const aborted = new Promise((resolve) => lease.signal.addEventListener('abort', resolve));
    expect(await (await the.bench.another()).requestCancel(id)).toBe(true);
    await aborted;

    expect(lease.signal.reason).toBeInstanceOf(CancelRequested);
  });

  test('a request to cancel waits for whoever claims the part next.', async () => {
    const { part } = await the.store.begin(newPart());
    expect(await the.store.requestCancel(part)).toBe(true);

    expect((await claimed(part)).signal.reason).toBeInstanceOf(CancelRequested);
  });

  test('a part that failed is reopened once, and executed again.', async () => {
    const { id, lease } = await begunAndClaimed();
    await lease.change({ state: 'failed', notes: { problem: 'no model', trace: 'a' } });
    await lease.end({ settled: true });
    const answers = await Promise.all([the.store.reopen(id, { by: 1 }), the.store.reopen(id, { by: 1 })]);

    expect(answers.sort()).toEqual([false, true]);
    expect(await the.store.part(id)).toMatchObject({ state: 'queued', settled: false });
    expect((await the.store.part(id))?.notes).toEqual({ trace: 'a', by: 1 });
    expect(await the.store.claimable(1, 10)).toEqual([id]);
    expect((await claimed(id)).part.executions).toBe(2);
    expect(await the.store.reopen(await ended(), {})).toBe(false);
  });
}
