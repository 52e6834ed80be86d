import type { RunSummary } from '@agento/evidence';
import { expect, test } from 'vitest';
import { expectedText, spreadOf } from '../browser/expected.ts';

const run = (changes: Partial<RunSummary> = {}): RunSummary => ({
  run_id: '7be0e179-6467-4b85-abad-dc729025edb9',
  run_attempt: 1,
  trace_id: 'caf44cc231bfc0e4aaa8aea3a11f3a74',
  session_id: null,
  started_ms: 1,
  wall_ms: 300_000,
  goal: 'Found a choir',
  outcome: 'published',
  error: null,
  score: 1,
  models: ['small'],
  calls: 68,
  input_tokens: 100_000,
  output_tokens: 20_000,
  cost_usd: 0.3,
  is_complete: true,
  ...changes,
});

test('The quartiles of a few numbers lie between them.', () => {
  expect(spreadOf([])).toBe(null);
  expect(spreadOf([3])).toEqual({ least: 3, lower: 3, median: 3, upper: 3, most: 3 });
  expect(spreadOf([4, 1, 3, 2])).toEqual({ least: 1, lower: 1.75, median: 2.5, upper: 3.25, most: 4 });
});

test('What a run may cost is said by those that finished with the same model, and by no others.', () => {
  const others = [
    run({ outcome: 'failed', cost_usd: 9 }),
    run({ models: ['large'], cost_usd: 9 }),
    run({ models: ['large', 'small'], cost_usd: 9 }),
    run({ models: [], cost_usd: 0 }),
    run({ is_complete: false, cost_usd: 0 }),
  ];
  const alike = [
    run({ cost_usd: 0.21 }),
    run({ outcome: 'held', calls: 80 }),
    run({ cost_usd: 0.48, wall_ms: 500_000 }),
  ];
  expect(expectedText([...others, ...alike], ['small'])).toBe(
    'The last 3 finished runs with this model: $0.21 to $0.48 (median $0.30); ' +
      '5 min 0 s to 8 min 20 s (median 5 min 0 s); 68 calls to 80 calls (median 68 calls); 120,000 tokens.',
  );
});

test('Of many runs it says what half of them used, so that one that waited for days does not hide the others.', () => {
  const many = [2, 3, 4, 5, 6, 7, 8, 9, 4_320].map((minutes) => run({ wall_ms: minutes * 60_000 }));
  expect(expectedText(many, ['small'])).toBe(
    'The last 9 finished runs with this model: $0.30; ' +
      'half of them 4 min 0 s to 8 min 0 s (median 6 min 0 s, most 4320 min 0 s); 68 calls; 120,000 tokens.',
  );
});

test('Where no run has finished, or a model has no price, it says so, and that a limit can be set.', () => {
  expect(expectedText([run()], ['large'])).toBe(
    'No run with large has finished yet: what one costs is not known. A limit can be set below.',
  );
  expect(expectedText([run({ cost_usd: null })], ['small'])).toBe(
    'What a run costs is not known: a model has no price (AGENTO_PRICES). A limit of tokens can be set below. ' +
      'The last finished run with this model: 5 min 0 s; 68 calls; 120,000 tokens.',
  );
});

test('The offline model costs nothing, whatever other runs have cost.', () => {
  expect(expectedText([run()], ['agento-offline-1'])).toBe('The offline model costs nothing.');
});
