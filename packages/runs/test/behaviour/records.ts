import { expect, test } from 'vitest';
import type { Given } from './given.ts';

/** What an execution writes down: records and files; and who hears of it. */
export function describeRecords(the: Given): void {
  const { claimed, begunAndClaimed, data } = the;

  test('records keep the order of concurrent calls, numbered without gaps.', async () => {
    const { id, lease } = await begunAndClaimed();
    const sent = Array.from({ length: 200 }, (_, index) => ({ index, text: 'Café\n' }));
    await Promise.all(sent.map((one) => lease.append('calls', [one])));
    await lease.append('events', [1, null, 'three']);
    await lease.append('events', []);

    expect(await the.store.records(id, 'calls')).toEqual(
      sent.map((one, index) => ({ seq: index + 1, data: one })),
    );
    expect(await the.store.records(id, 'calls', 198)).toEqual([
      { seq: 199, data: sent[198] },
      { seq: 200, data: sent[199] },
    ]);
    expect(await the.store.records(id, 'calls', 100, 1)).toEqual([{ seq: 101, data: sent[100] }]);
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

    expect(await the.store.records(id, 'calls')).toEqual([
      { seq: 1, data: 'first' },
      { seq: 2, data: 'second' },
    ]);
  });

  test('a part that is watched says when it changes or grows, until that is ended.', async () => {
    const { id, lease } = await begunAndClaimed();
    let calls = 0;
    let seen = Promise.withResolvers<void>();
    const stop = the.store.watch(id, () => {
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
    await the.store.part(id);

    expect(calls).toBe(before);
  });

  test('an attempt’s files are written whole, and read by name only.', async () => {
    const { id, lease } = await begunAndClaimed({ attempt: 2 });
    await lease.writeFile('final_plan.md', 'a long first version');
    await lease.writeFile('final_plan.md', '# Café');

    expect(String(Buffer.from((await the.store.readFile(id, 'final_plan.md')) ?? []))).toBe('# Café');
    expect(await the.store.readFile({ ...id, attempt: 1 }, 'final_plan.md')).toBeNull();
    expect(await the.store.readFile(id, '../final_plan.md')).toBeNull();
  });

  test('a stream is forgotten, and the others stay.', async () => {
    const { id, lease } = await begunAndClaimed();
    await lease.append('calls', [1]);
    await lease.append('events', [2]);
    await lease.end({ settled: true });
    await the.store.forget(id, 'calls');

    expect([await data(id), await data(id, 'events')]).toEqual([[], [2]]);
  });
}
