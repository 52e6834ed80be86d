import { expect, test } from 'vitest';
import { type RecordedSpan, renderTree, type Trace } from '../src/index.ts';
import { goldenTrace } from './golden/index.ts';
import { recordedTrace } from './recorded/index.ts';

const trace = recordedTrace();
const lines = (options: Partial<Parameters<typeof renderTree>[1]> = {}, of: Trace = trace) =>
  renderTree(of, { color: false, ...options })
    .trimEnd()
    .split('\n');
/** Without durations, which mean nothing here. */
const bare = (line: string) => line.replaceAll(/ {2}\d+(\.\d+)? m?s(?= |$)/g, '');

test('a run fits a screen: a line for each step, with tokens, verdicts and choices, and the criteria in words', () => {
  const shown = lines();

  expect(shown.length).toBeLessThanOrEqual(40);
  expect(shown.slice(3, 25).map(bare)).toEqual([
    'run_module_1  Agento-Module-1  SuccessCriteriaGenerator',
    '├─ search_agent  SearchAgent  1281 → 218 tokens',
    '├─ constraint_extraction  ConstraintExtractor  848 → 117 tokens',
    '├─ criteria_generation  CriteriaGenerator  1702 → 554 tokens',
    '└─ criteria_evaluation  CriteriaEvaluator  2359 → 284 tokens  5 of 8 pass  chose c2, c3, c7, c8, c1',
    'run_module_2  Agento-Module-2  PlanGenerator',
    '├─ plan_generation ×3  BalancedPlanner, LeanPlanner, AmbitiousPlanner  6971 → 1416 tokens',
    '├─ plan_evaluation  PlanEvaluator  3297 → 1115 tokens  9 of 15 pass',
    '└─ plan_selection  PlanGenerator  plan p3  chose p3',
    'run_module_3  Agento-Module-3  PlanExpander',
    '└─ plan_expansion  PlanExpander',
    '   ├─ item_generation ×6  ItemExpander  13720 → 1384 tokens',
    '   └─ expansion_evaluation ×30  ItemEvaluator  54839 → 2571 tokens  24 of 30 pass  fail: p3-i2 c1, p3-i2 c2, p3-i3 c3, p3-i4 c1, p3-i4 c8, p3-i5 c3',
    'run_module_4  Agento-Module-4  DeficiencyIdentifier',
    '├─ deficiency_analysis ×4  CriteriaAssessor  9022 → 576 tokens',
    '├─ revision_generation ×4  RevisionRequester  8350 → 732 tokens',
    '└─ revision_validation ×4  RevisionEvaluator  9208 → 1391 tokens  chose p3-i2 r-p3-i2, p3-i3 r-p3-i3, p3-i4 r-p3-i4, p3-i5 none',
    'run_module_5  Agento-Module-5  RevisionImplementer',
    '├─ revision_implementation ×3  RevisionImplementer  29369 → 3890 tokens  chose p3-i2 attempt-2, p3-i3 original, p3-i4 attempt-1',
    '├─ final_assembly  RevisionImplementer  plan p3',
    '└─ quality_check  QualityChecker  plan p3  3653 → 979 tokens  6 of 9 pass  chose hold',
    '',
  ]);
  expect(shown[25]).toMatch(/^c1 {2}Tasks are given only to those the brief counts on/);
  expect(shown.at(-1)).toMatch(/^all +68 +144619 +15227 /);
});

test('with --all each span has its line', () => {
  const tree = lines({ all: true }).slice(3);

  expect(tree.indexOf('')).toBe(180);
  expect(tree).toContainEqual(
    expect.stringMatching(/─ chat agento-offline-1 .* SearchAgent {2}1281 → 218 tokens$/),
  );
});

test('one item is shown from its first text to the one that was kept, the criterion’s words beside its id', () => {
  const shown = lines({ item: 'p3-i2' }).slice(3).map(bare);

  expect(shown.filter((line) => line.includes('p3-i2'))).toHaveLength(17);
  expect(shown.some((line) => /p3-i[13456]/.test(line))).toBe(false);
  expect(shown).toContain(
    '   ├─ expansion_evaluation  ItemEvaluator  item p3-i2  criterion c1 “Tasks are given only to those the brief…”  plan p3  1850 → 78 tokens  fail 0.36',
  );
});

test('with --why there are the reasons, also for what was not chosen', () => {
  const shown = lines({ modules: [2], why: true });

  expect(shown.filter((line) => line.startsWith('run_module'))).toHaveLength(1);
  expect(shown.slice(-4).map(bare)).toEqual([
    '└─ plan_selection  PlanGenerator  plan p3  chose p3',
    '      chose p3: p3 has the highest mean score over all criteria: 0.608',
    '      not p1: mean score 0.598, 0.01 below p3',
    '      not p2: mean score 0.484, 0.124 below p3',
  ]);
});

test('an agent, whoever is slow, and a depth can be asked for', () => {
  expect(
    lines({ agents: ['qualitychecker'] })
      .slice(3)
      .map(bare),
  ).toEqual([
    'run_module_5  Agento-Module-5  RevisionImplementer',
    '└─ quality_check  QualityChecker  plan p3  3653 → 979 tokens  6 of 9 pass  chose hold',
  ]);
  const two = lines({ agents: ['QualityChecker', 'SearchAgent'] })
    .slice(3)
    .map(bare);
  expect(two.filter((line) => line.startsWith('└─'))).toEqual([
    '└─ search_agent  SearchAgent  1281 → 218 tokens',
    '└─ quality_check  QualityChecker  plan p3  3653 → 979 tokens  6 of 9 pass  chose hold',
  ]);
  expect(
    lines({ depth: 1, modules: [1, 2] })
      .slice(3)
      .map(bare),
  ).toEqual([
    'run_module_1  Agento-Module-1  SuccessCriteriaGenerator  11 spans not shown',
    'run_module_2  Agento-Module-2  PlanGenerator  12 spans not shown',
    '',
    ...lines().slice(25, 30),
  ]);
  const slow = lines({ slow: 130 }).slice(3);
  expect(slow.map((line) => line.replace(/ {2}.*$/, '').trim())).toEqual([
    'run_module_3',
    '└─ plan_expansion',
    'run_module_5',
  ]);
});

test('errors are shown where they happened, a failed call too; without any a line says so', () => {
  expect(lines({ errors: true }).slice(2)).toEqual(['', 'no span is like that']);
  const failed = lines({ errors: true }, goldenTrace('failed')).map(bare);
  expect(failed.some((line) => line.includes('ERROR model_unavailable'))).toBe(true);
  // Folded, what failed is not hidden either.
  expect(lines({}, goldenTrace('failed')).map(bare)).toContain(
    '   ├─ item_generation ×3  ItemExpander  ? → ? tokens  2 failed: model_unavailable: The model could not be reached; cancelled: Another item failed',
  );
});

test('lines are cut where a terminal says how wide it is', () => {
  for (const line of lines({ width: 80 })) expect(line.length).toBeLessThanOrEqual(80);
  expect(lines({ width: 80, modules: [3] })).toContainEqual(
    expect.stringMatching(/^ {3}└─ expansion_evaluation ×30 .*…$/),
  );
});

test('a trace of other programs is not folded', () => {
  const foreign: RecordedSpan[] = structuredClone(trace.spans.slice(0, 4)).map((span) => ({
    ...span,
    name: 'GET /cart',
    resource: {},
    scope: { name: 'other', version: '' },
    parent_span_id: '',
    events: [],
  }));

  expect(lines({}, { ...trace, spans: foreign }).filter((line) => line.startsWith('GET /cart'))).toHaveLength(
    4,
  );
});
