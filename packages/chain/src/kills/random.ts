/** Numbers that look random and are the same for the same seed. */
export interface Random {
  /** At least 0 and below 1. */
  fraction(): number;
  pick<T>(of: readonly T[]): T;
}

/** Mulberry32: a small generator, good enough to choose victims. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const fraction = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    fraction,
    pick(of) {
      const one = of[Math.floor(fraction() * of.length)];
      if (one === undefined) throw new RangeError('There is nothing to pick from');
      return one;
    },
  };
}
