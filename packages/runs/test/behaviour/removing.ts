import { hash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { PartId } from '../../src/index.ts';
import type { Given } from './given.ts';

/** Deleting what parts left, on request and by age or size. */
export function describeRemoving(the: Given): void {
  const { newPart, idOf, begunAndClaimed, ended, data } = the;

  test('a run’s parts are removed with their files; those of other modules, or that go on, stay.', async () => {
    const { runId } = newPart();
    const { id, lease } = await begunAndClaimed({ runId });
    await lease.append('calls', [1]);
    await lease.writeFile('module1_output.json', '{}');
    await the.store.remove(runId, 1);
    expect(await the.store.part(id)).toMatchObject({ runId });

    await lease.end({ settled: true });
    const other = await ended({ runId, module: 2 });
    await the.store.remove(runId, 1);
    expect([
      await the.store.part(id),
      await data(id),
      await the.store.readFile(id, 'module1_output.json'),
    ]).toEqual([null, [], null]);
    expect(await the.store.partsOf(runId)).toEqual([other]);
    expect((await the.store.list({ module: 1, limit: 9 })).parts).toEqual([]);
  });

  test.each([1, 2])(
    'of attempt %i alone all that it left is removed, and nothing of another.',
    async (gone) => {
      const { runId } = newPart();
      for (const attempt of [1, 2]) {
        const { id, lease } = await begunAndClaimed({ runId, attempt });
        const claim = { key: hash('sha256', `k${attempt}`), bodyHash: '', until: Date.now() + 60_000 };
        await the.store.claimKey({ ...claim, part: id });
        await lease.append('events', [attempt]);
        await lease.writeFile('final_plan.md', `plan ${attempt}`);
        await lease.end({ settled: true });
      }
      const left = { runId, attempt: 3 - gone, module: 1 };
      await the.store.remove(runId, 1, gone);

      expect(await the.store.partsOf(runId)).toEqual([left]);
      expect((await the.store.list({ module: 1, limit: 9 })).parts.map(idOf)).toEqual([left]);
      const [removed, kept] = [gone, left.attempt].map((attempt) => ({ runId, attempt, module: 1 }));
      const leftBy = async (id: PartId) => [
        await data(id, 'events'),
        await the.store.readFile(id, 'final_plan.md'),
      ];
      expect(await leftBy(removed as PartId)).toEqual([[], null]);
      expect(await leftBy(kept as PartId)).toEqual([[left.attempt], expect.anything()]);
      const claims = [1, 2].map((attempt) => {
        const part = { runId, attempt: 9, module: 1 };
        const key = hash('sha256', `k${attempt}`);
        return the.store.claimKey({ key, bodyHash: '', part, until: Date.now() + 60_000 });
      });
      const stand = (await Promise.all(claims)).map(({ part }) => part.attempt);
      expect(stand).toEqual(gone === 1 ? [9, 2] : [1, 9]);
    },
  );

  test('a run that ended is removed although its evidence is not safe yet, and with it its key.', async () => {
    const { id, lease } = await begunAndClaimed();
    const claim = { key: hash('sha256', 'k'), bodyHash: '', part: id, until: Date.now() + 60_000 };
    await the.store.claimKey(claim);
    await lease.change({ state: 'failed' });
    await the.store.remove(id.runId, 1);
    expect(await the.store.part(id)).toMatchObject(id);

    await lease.end({ settled: false });
    await the.store.remove(id.runId, 1);
    expect(await the.store.part(id)).toBeNull();
    expect(await the.store.claimable(1, 9)).toEqual([]);
    const anew = { ...claim, part: newPart() };
    expect((await the.store.claimKey({ ...anew, part: idOf(anew.part) })).part).toEqual(idOf(anew.part));
  });

  test('sweeping deletes settled parts beyond their age, and no others.', async () => {
    const old = await ended();
    const goesOn = idOf((await the.store.begin(newPart())).part);
    const elsewhere = await ended({ module: 2 });
    await new Promise((resolve) => setTimeout(resolve, 20));

    expect(await the.store.sweep(1, { olderThanMs: 3_600_000, moreThanBytes: null })).toBe(0);
    expect(await the.store.sweep(1, { olderThanMs: 1, moreThanBytes: null })).toBe(1);
    expect(
      await Promise.all([old, goesOn, elsewhere].map(async (id) => !!(await the.store.part(id)))),
    ).toEqual([false, true, true]);
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

    expect(await the.store.sweep(1, { olderThanMs: null, moreThanBytes: 10_000_000 })).toBe(0);
    expect(await the.store.sweep(1, { olderThanMs: null, moreThanBytes: 300_000 })).toBe(2);
    expect((await the.store.list({ module: 1, limit: 9 })).parts.map(idOf)).toEqual([ids[2]]);
  });
}
