import { expect, test } from 'vitest';
import { NoSuchPage, type PartId } from '../../src/index.ts';
import type { Given } from './given.ts';

/** A part: how it begins, what is known of it, and where it is found. */
export function describeParts(the: Given): void {
  const { newPart, begunAndClaimed, ended } = the;

  test('a part begins queued, with what it was given, and nobody executing it.', async () => {
    const start = newPart();
    const { part, begun } = await the.store.begin(start);

    expect(begun).toBe(true);
    expect(part).toMatchObject({ ...start, state: 'queued', executions: 0, settled: false, notes: {} });
    expect(part.beganAt).toBe(part.changedAt);
    expect(await the.store.part(start)).toEqual(part);
  });

  test('of fifty callers that begin the same part, one does, and all get the same.', async () => {
    const start = newPart();
    const other = await the.bench.another();
    const given = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        (index % 2 ? other : the.store).begin({ ...start, input: { index } }),
      ),
    );

    expect(given.filter(({ begun }) => begun)).toHaveLength(1);
    expect(new Set(given.map(({ part }) => JSON.stringify(part.input))).size).toBe(1);
  });

  test('what is not there is null, or empty.', async () => {
    const id = newPart();

    expect(await the.store.part(id)).toBeNull();
    expect(await the.store.claim(id)).toBeNull();
    expect(await the.store.partsOf(id.runId)).toEqual([]);
    expect(await the.store.records(id, 'calls')).toEqual([]);
    expect(await the.store.readFile(id, 'final_plan.md')).toBeNull();
    expect(await the.store.requestCancel(id)).toBe(false);
    expect(await the.store.reopen(id, {})).toBe(false);
    expect(await the.store.list({ module: 1, limit: 10 })).toEqual({ parts: [], next: null });
    await the.store.remove(id.runId, 1);
    await the.store.forget(id, 'calls');
  });

  test('what changes is merged, and seen by others.', async () => {
    const { id, lease } = await begunAndClaimed();
    await lease.change({ state: 'running', notes: { trace: 'a', usage: { calls: 1 } } });
    await lease.change({ notes: { usage: { calls: 2 } } });

    expect(await (await the.bench.another()).part(id)).toMatchObject({
      ...{ state: 'running', executions: 1, settled: false },
      notes: { trace: 'a', usage: { calls: 2 } },
    });
  });

  test('the parts of a run are known by attempt and module.', async () => {
    const { runId } = newPart();
    for (const [attempt, module] of [
      [10, 2],
      [2, 2],
      [1, 2],
      [1, 1],
    ])
      await the.store.begin(newPart({ runId, attempt: attempt ?? 0, module: module ?? 0 }));

    expect(await the.store.partsOf(runId)).toEqual([
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
    await the.store.begin(newPart({ module: 2 }));
    const first = await the.store.list({ module: 1, limit: 2 });
    await the.store.begin(newPart());
    const second = await the.store.list({ module: 1, limit: 2, after: first.next ?? '' });
    const third = await the.store.list({ module: 1, limit: 2, after: second.next ?? '' });

    const runsOf = ({ parts }: { parts: PartId[] }) => parts.map(({ runId }) => runId);
    expect([first, second, third].map(runsOf)).toEqual([ids.slice(0, 2), ids.slice(2, 4), ids.slice(4)]);
    expect(third.next).toBeNull();
    const failed = await the.store.list({ module: 1, limit: 9, states: ['failed'] });
    expect(runsOf(failed)).toEqual([ids[1], ids[3]]);
  });

  test.each(['', 'x', '\0', '1.1.\0', 'WzEsIngiXQ'])('after %j there is no page.', async (after) => {
    await expect(the.store.list({ module: 1, limit: 2, after })).rejects.toBeInstanceOf(NoSuchPage);
  });

  test('a store that can be written has no problem.', async () => {
    expect(await the.store.problem()).toBeNull();
  });
}
