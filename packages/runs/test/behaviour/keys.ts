import { hash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Given } from './given.ts';

/** What idempotency keys stand for. */
export function describeKeys(the: Given): void {
  const { newPart, idOf } = the;

  describe('with a key', () => {
    const key = hash('sha256', 'a key');
    const claim = (over: object = {}) => ({
      ...{ key, bodyHash: hash('sha256', 'a body'), part: idOf(newPart()), until: Date.now() + 60_000 },
      ...over,
    });

    test('of fifty concurrent claims one holds, and all get it.', async () => {
      const other = await the.bench.another();
      const claims = Array.from({ length: 50 }, () => claim());
      const given = await Promise.all(
        claims.map((one, index) => (index % 2 ? other : the.store).claimKey(one)),
      );

      const [holds] = given;
      expect(given).toEqual(claims.map(() => holds));
      expect(claims.filter(({ part }) => part.runId === holds?.part.runId)).toHaveLength(1);
      expect(await the.store.claimKey(claim())).toEqual(holds);
    });

    test('one that is over is replaced, by one of many.', async () => {
      await the.store.claimKey(claim({ until: Date.now() - 1 }));
      const other = await the.bench.another();
      const given = await Promise.all(
        Array.from({ length: 50 }, (_, index) => (index % 2 ? other : the.store).claimKey(claim())),
      );

      expect(new Set(given.map(({ part }) => part.runId)).size).toBe(1);
      expect(given[0]?.until).toBeGreaterThan(Date.now());
    });
  });
}
