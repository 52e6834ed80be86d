import { expect, test } from 'vitest';
import { criticalPath } from '../src/critical-path.ts';
import { type RecordedSpan, readRuns } from '../src/index.ts';
import { recordedTrace } from './recorded/index.ts';

/** Spans from `a [parent] from-to` in milliseconds. */
function spans(text: string): RecordedSpan[] {
  return text.split(', ').map((one) => {
    const [, span_id = '', parent_span_id = '', from, to] = /^(\w+) ?(\w*) (\d+)-(\d+)$/.exec(one) ?? [];
    const [template] = recordedTrace().spans;
    if (!template) throw new Error('no span');
    const at = (time: string | undefined) => 1_000_000_000n + BigInt(time ?? 0) * 1_000_000n;
    return { ...template, span_id, parent_span_id, start: at(from), end: at(to) };
  });
}

test.each([
  ['a 0-100, b a 10-40, c a 50-90', { a: 30, b: 30, c: 40 }],
  // Side by side: the run waits for the one that ends last, and not for the other.
  ['a 0-100, b a 0-60, c a 0-100', { a: 0, c: 100 }],
  // Before c began, b had ended, and d had not.
  ['a 0-100, b a 0-40, d a 0-60, c a 50-100', { a: 10, b: 40, c: 50 }],
  // A request that is answered at once, and the work that goes on after it.
  ['a 0-10, b a 5-100, c b 20-90', { a: 5, b: 25, c: 70 }],
  ['a 0-10, b 30-40', { a: 10, b: 10 }],
  ['a 0-100, b a 100-100', { a: 100 }],
])('Of %s was waited for each as long as %j says', (text, milliseconds) => {
  expect(Object.fromEntries(criticalPath(spans(text)))).toEqual(milliseconds);
});

test('The critical path of a run is as long as the run, and of items worked on side by side has the last', () => {
  const [run] = readRuns(recordedTrace());
  const all = [...criticalPath(recordedTrace().spans).values()].reduce((sum, one) => sum + one, 0);

  expect(all).toBeCloseTo(run?.wall_ms ?? 0, 3);
  const waitedFor = run?.steps.filter(
    ({ name, critical_ms }) => name === 'item_generation' && critical_ms > 0,
  );
  expect(waitedFor?.map(({ about }) => about.item_id)).toHaveLength(1);
});
