import { type Baseline, inputHash } from './baseline.ts';
import { baselineNumbers, measuredBy, tooFew } from './comparisons.ts';
import { leastP } from './significance.ts';
import { repeatsOf, type Suite } from './suite.ts';

/** What is certain of a comparison before a run is made, so that nothing is paid in vain; empty where nothing is. */
export function foreseen(suite: Suite, baseline: Baseline | null): string[] {
  const asked = measuredBy(suite);
  if (asked.length === 0) return [];
  if (baseline === null)
    return ['there is no baseline yet, so this eval will fail: --update-baseline makes one'];
  const unknown = suite.goals.filter((entry) => baseline.goals[entry.id]?.input !== inputHash(suite, entry));
  const noisy = asked
    .filter(({ isExact }) => !isExact)
    .map((measure) => ({
      name: measure.name,
      least_p: leastP(
        suite.goals
          .map(
            (entry) =>
              [baselineNumbers(baseline, entry.id, measure).length, repeatsOf(suite, entry)] as const,
          )
          .filter(([before]) => before > 0),
        measure.better,
      ),
    }));
  return [
    ...unknown.map(({ id }) => `the baseline does not know the goal ${id} as it is, so this eval will fail`),
    ...tooFew(suite, noisy),
  ];
}
