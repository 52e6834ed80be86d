import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseTraceState } from '../src/trace-state.ts';

function read(text: string): string | null {
  return parseTraceState(text)?.serialize() ?? null;
}

describe('A tracestate', () => {
  test('that is longer than 512 characters loses its long members first, then the oldest.', () => {
    const long = `long=${'x'.repeat(200)}`;
    const short = (from: number, to: number) =>
      Array.from({ length: to - from + 1 }, (_, index) => `k${from + index}=${'v'.repeat(96)}`);

    expect(read([long, ...short(1, 4)].join(','))).toBe(short(1, 4).join(','));
    expect(read([long, ...short(1, 6)].join(','))).toBe(short(1, 5).join(','));
  });

  test('has a value of 256 characters, not of 257, and may begin with a space.', () => {
    const value = ` ${'x'.repeat(255)}`;

    expect(read(`a=${value}`)).toBe(`a=${value}`);
    expect(read(`a=${value}x`)).toBeNull();
  });

  test('is discarded for characters that no header has, and for spaces that are not ASCII.', () => {
    expect(['a=ü', 'a=1\u00a0', 'a=1\nb=2', 'a', 'a=1,b'].map(read)).toEqual(Array(5).fill(null));
  });

  test('takes a new member in front, moves a changed one there, and leaves the older state as it was.', () => {
    const state = parseTraceState('a=1,b=2');

    expect(state?.set('b', '3').serialize()).toBe('b=3,a=1');
    expect(state?.set('c', '3').unset('a').serialize()).toBe('c=3,b=2');
    expect([state?.get('b'), state?.get('c'), state?.serialize()]).toEqual(['2', undefined, 'a=1,b=2']);
  });

  test('takes no member that is invalid, nor one too many.', () => {
    const state = parseTraceState('a=1');
    const full = parseTraceState(Array.from({ length: 32 }, (_, index) => `k${index}=1`).join(','));

    for (const [key, value] of [
      ['A', '1'],
      [' b', '1'],
      ['b', ''],
      ['b', '1,c=2'],
      ['b', '1 '],
      ['b', 'x'.repeat(257)],
    ] as const)
      expect(state?.set(key, value).serialize()).toBe('a=1');
    expect(full?.set('more', '1').serialize()).toBe(full?.serialize());
    expect(full?.set('k31', '2').serialize()).toMatch(/^k31=2,k0=1,/);
  });

  test('whatever its text, is within the limits, and is read from its own text as the same.', () => {
    const member = fc.tuple(
      fc.string({ unit: fc.constantFrom(...'ab@9_-*/ A'), maxLength: 130 }),
      fc.string({ unit: fc.constantFrom(...'xy =\t~'), maxLength: 130 }),
    );
    const list = fc.array(
      fc.oneof(
        fc.string(),
        member.map((pair) => pair.join('=')),
      ),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(list, (members) => {
        const once = read(members.join(','));
        if (once === null) return;
        expect(once.length).toBeLessThanOrEqual(512);
        expect(once.split(',').length).toBeLessThanOrEqual(32);
        expect(read(once)).toBe(once);
      }),
    );
  });
});
