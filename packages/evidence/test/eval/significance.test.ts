import { describe, expect, test } from 'vitest';
import { significanceOf, smallestSeen } from '../../src/eval/index.ts';

describe('The significance of a change', () => {
  test('is exact for few runs: three against three can be parted in twenty ways', () => {
    const stratum = { before: [3, 4, 5], now: [0, 1, 2] };
    expect(significanceOf([stratum], 'higher')).toEqual({
      change: -3,
      p: 1 / 20,
      least_p: 1 / 20,
      is_exact: true,
    });
    expect(significanceOf([stratum], 'lower').p).toBe(1);
    expect(significanceOf([stratum], 'same').p).toBeCloseTo(2 / 20);
  });

  test('is that of all goals together, each for itself', () => {
    const strata = [
      { before: [3, 4, 5], now: [0, 1, 2] },
      { before: [103, 104, 105], now: [100, 101, 102] },
    ];
    expect(significanceOf(strata, 'higher')).toMatchObject({ change: -3, p: 1 / 400 });
    // Goals of another height are no noise; goals without a side say nothing.
    expect(significanceOf([...strata, { before: [], now: [7] }], 'higher').p).toBeCloseTo(1 / 400);
  });

  test('is none where nothing changed, or where all numbers are the same', () => {
    const same = { before: [1, 1, 1], now: [1, 1, 1] };
    expect(significanceOf([same], 'higher')).toMatchObject({ change: 0, p: 1 });
    expect(significanceOf([], 'higher')).toEqual({ change: 0, p: 1, least_p: 1, is_exact: true });
  });

  test('counts shares of many runs exactly: 10 of 10 against 5 of 10 as Fisher’s test does', () => {
    const before = Array.from({ length: 10 }, () => 1);
    const now = before.map((_, index) => (index < 5 ? 1 : 0));
    const { p, is_exact } = significanceOf([{ before, now }], 'higher');
    // 20 choose 10 arrangements; all five failures are of now in 15 choose 5 of them.
    expect(p).toBeCloseTo(3003 / 184_756, 12);
    expect(is_exact).toBe(true);
  });

  test('is drawn, always in the same way, where there are too many arrangements to count', () => {
    const numbers = (from: number) => Array.from({ length: 20 }, (_, index) => from + Math.sin(index * from));
    const strata = [1, 2, 3].map((from) => ({ before: numbers(from + 0.5), now: numbers(from) }));
    const once = significanceOf(strata, 'higher');
    expect(once).toMatchObject({ is_exact: false });
    expect(once.p).toBeLessThan(0.01);
    expect(once.p).toBeGreaterThan(0);
    expect(significanceOf(strata, 'higher')).toEqual(once);
  });

  test('fails runs that are no worse no oftener than it says, of two goals and three repeats in 4,000 evals', () => {
    let state = 1;
    const random = () => {
      state = (state * 48_271) % 2_147_483_647;
      return state / 2_147_483_647;
    };
    // A skewed number, as scores are: mostly high, at times far below.
    const score = () => Math.round((random() < 0.8 ? 0.9 : 0.3) * 1e4 + random() * 1e3) / 1e4;
    const side = () => [score(), score(), score()];
    let failed = 0;
    for (let time = 0; time < 4_000; time++) {
      const strata = [
        { before: side(), now: side() },
        { before: side(), now: side() },
      ];
      if (significanceOf(strata, 'higher').p <= 0.05) failed++;
    }
    expect(failed / 4_000).toBeLessThan(0.06);
    expect(failed / 4_000).toBeGreaterThan(0.02);
  });
});

test('The smallest change that is seen shrinks with the runs, and is found about 8 times in 10', () => {
  let state = 7;
  const random = () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  const score = (mean: number) => mean + (random() + random() + random() - 1.5) / 5;
  const side = (mean: number) => Array.from({ length: 10 }, () => score(mean));
  const seen = smallestSeen([{ before: side(0.8), now: side(0.8) }], 0.01);
  expect(seen).toBeGreaterThan(0.1);
  expect(seen).toBeLessThan(0.25);
  let found = 0;
  for (let time = 0; time < 100; time++) {
    const stratum = { before: side(0.8), now: side(0.8 - 0.147) };
    if (significanceOf([stratum], 'higher').p <= 0.01) found++;
  }
  expect(found / 100).toBeGreaterThan(0.68);
  expect(found / 100).toBeLessThan(0.92);
});
