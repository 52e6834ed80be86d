import { parseTraces, type SpanRow, spanRows } from '@agento/evidence';
import { recordedText } from '@agento/evidence/recorded';
import { expect, test } from 'vitest';
import { filtersOf, noFilters } from '../browser/views/timeline-filters.ts';
import { isOpenAtFirst, linesOf, picked, unfolded } from '../browser/views/timeline-lines.ts';

const spans = parseTraces(recordedText()).flatMap(spanRows);

/** The lines that an address shows, before anybody folds one. */
function shownFor(query: string, rows: SpanRow[] = spans) {
  const filters = filtersOf(new URLSearchParams(query));
  const lines = picked(linesOf(rows, filters.requests), filters);
  return unfolded(lines, (line) => isOpenAtFirst(line, filters));
}
const drawn = (lines: ReturnType<typeof shownFor>) =>
  lines.map(({ name, level, is_meant }) => `${'  '.repeat(level - 1)}${name}${is_meant ? '' : ' (above)'}`);

test('Without filters the modules are unfolded, and everything below their steps is folded.', () => {
  const shown = shownFor('');
  expect(shown.filter(({ level }) => level === 1).map(({ name }) => name)).toEqual(
    [1, 2, 3, 4, 5].map((module) => `run_module_${module}`),
  );
  expect(Math.max(...shown.map(({ level }) => level))).toBe(2);
  expect(shown.every(({ is_meant }) => is_meant)).toBe(true);
});

test('What an agent did is shown below what it belongs to, as the command line has it.', () => {
  const lines = shownFor('agent=planevaluator');
  expect(drawn(lines)[0]).toBe('run_module_2 (above)');
  expect(lines.filter(({ is_meant }) => is_meant).every(({ agent }) => agent === 'PlanEvaluator')).toBe(true);
});

test('A module, an item and a least duration each leave what is so, and together what is all of it.', () => {
  const meant = (query: string) => shownFor(query).filter(({ is_meant }) => is_meant);
  expect(new Set(meant('module=3').map(({ module }) => module))).toEqual(new Set([3]));
  expect(new Set(meant('item=p3-i2').map((line) => line.item))).toEqual(new Set(['p3-i2']));
  const both = meant('module=3&item=p3-i2');
  expect(both.length).toBeGreaterThan(0);
  expect(both.length).toBeLessThan(meant('item=p3-i2').length);
  const longest = Math.max(...spans.map((span) => span.duration_ms)) / 1_000;
  expect(meant(`slow=${longest}&requests=yes`).length).toBe(1);
  expect(meant(`slow=${longest + 1}`)).toEqual([]);
});

test('What failed or was interrupted is found, with what the run waited for, and by any of its names.', () => {
  const rows = spans.map((span) => ({ ...span, is_error: span.name === 'plan_selection' }));
  expect(drawn(shownFor('errors=yes', rows))).toEqual(['run_module_2 (above)', '  plan_selection']);
  expect(drawn(shownFor('find=PLAN_SEL'))).toEqual(['run_module_2 (above)', '  plan_selection']);
  const critical = shownFor('critical=yes').filter(({ is_meant }) => is_meant);
  expect(critical.length).toBeGreaterThan(0);
  expect(critical.every(({ critical_ms }) => critical_ms > 0)).toBe(true);
});

test('A depth folds to its level, and what is folded can still be unfolded.', () => {
  expect(new Set(shownFor('depth=1').map(({ level }) => level))).toEqual(new Set([1]));
  expect(Math.max(...shownFor('depth=3').map(({ level }) => level))).toBe(3);
  const filters = filtersOf(new URLSearchParams('depth=1'));
  const lines = picked(linesOf(spans, false), filters);
  const [first] = lines;
  const opened = unfolded(lines, (line) => line === first);
  expect(opened.length).toBe(5 + (first?.children ?? 0));
});

test('Numbers in an address that are none filter nothing, and clearing leaves no filter behind.', () => {
  const none = filtersOf(new URLSearchParams());
  expect(filtersOf(new URLSearchParams('slow=soon&depth=0&module=-1'))).toEqual(none);
  expect(Object.keys(noFilters)).toEqual(Object.keys(none));
});

test('Spans that are each other’s parents do not keep the tree from being drawn.', () => {
  const [one, other] = spans as [SpanRow, SpanRow];
  const cycle = [
    { ...one, name: 'one', kind: 'INTERNAL', span_id: 'a', parent: 'b' },
    { ...other, name: 'other', kind: 'INTERNAL', span_id: 'b', parent: 'a' },
    { ...one, name: 'root', kind: 'INTERNAL', span_id: 'c', parent: '' },
  ];
  expect(drawn(shownFor('', cycle))).toEqual(['root']);
});
