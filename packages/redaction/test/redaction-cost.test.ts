import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRedactor } from '../src/index.ts';
import { brokenSecret, families, openers, quotes, runs } from './adversarial.ts';

const redactor = createRedactor({ secrets: ['the-loaded-secret-of-the-bench-42', brokenSecret] });
let made = 0;

/** The process's own time in milliseconds: how busy the machine is does not count. */
function cpuTime(text: string): number {
  const before = process.cpuUsage();
  redactor.text(`${text} ${made++}`);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

/**
 * Thirty-two times the length may cost a hundred times as much, and never more than it takes to tell: what grows
 * with the square costs a thousand times, which is seconds. `bench/redaction.ts` has the exact measure.
 */
function expectLinear(make: (length: number) => string): void {
  const small = Math.max(cpuTime(make(8_000)), 5);
  const large = Math.min(cpuTime(make(256_000)), cpuTime(make(256_000)));
  expect(large).toBeLessThan(100 * small);
}

test.each(families)('reading costs the same per character, however long the text: %j', (_name, make) => {
  expectLinear(make);
});

test('reading costs the same per character for any mixture of what costs most', () => {
  const piece = fc.constantFrom(...openers, ...quotes, ...runs);
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 3 }),
      fc.array(piece, { minLength: 1, maxLength: 4 }),
      (once, again) => {
        const unit = again.join('');
        expectLinear((length) =>
          (once.join('') + unit.repeat(Math.ceil(length / unit.length))).slice(0, length),
        );
      },
    ),
    { numRuns: 60 },
  );
});
