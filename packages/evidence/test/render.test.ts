import { expect, test } from 'vitest';
import { parseOtlpJson, renderTree, totals } from '../src/index.ts';
import { goodTrace, runId, traceId } from './good-trace.ts';

const good = parseOtlpJson(goodTrace());

test('a trace is a header, a tree and totals', () => {
  const lines = renderTree(good, { color: false }).split('\n');

  expect(lines[0]).toBe(
    `trace ${traceId} · run ${runId} · goal "Open a repair café in a small town" · 5 services · 124 spans · 494 ms · no orphans`,
  );
  expect(lines.slice(2, 13)).toEqual([
    'POST /run  494 ms  Agento-Module-1',
    '└─ request  490 ms',
    '   ├─ run_module_1  50 ms  SuccessCriteriaGenerator',
    '   │  ├─ search_agent  14 ms  SearchAgent',
    '   │  │  ├─ chat agento-offline-1  2.0 ms  SearchAgent  100 → 20 tokens',
    '   │  │  └─ execute_tool web_search  6.0 ms  SearchAgent',
    '   │  │     └─ chat agento-offline-1  2.0 ms  SearchAgent  100 → 20 tokens',
    '   │  ├─ criteria_generation  10 ms  CriteriaGenerator',
    '   │  │  ├─ chat agento-offline-1  2.0 ms  CriteriaGenerator  100 → 20 tokens',
    '   │  │  └─ chat agento-offline-1  2.0 ms  CriteriaGenerator  100 → 20 tokens',
    '   │  ├─ criteria_evaluation  6.0 ms  CriteriaEvaluator  3 of 5 pass  chose c1, c2, c3',
  ]);
  expect(lines).toContainEqual(
    expect.stringMatching(/expansion_evaluation .* item p1-i2 {2}criterion c1 {2}fail 0\.25$/),
  );
  expect(lines.slice(-26)).toEqual([
    '',
    '                         calls  tokens in  tokens out  model time  cost USD',
    'SearchAgent                  2        200          40      4.0 ms   unknown',
    'CriteriaGenerator            2        200          40      4.0 ms   unknown',
    'CriteriaEvaluator            1        100          20      2.0 ms   unknown',
    'BalancedPlanner              1        100          20      2.0 ms   unknown',
    'LeanPlanner                  1        100          20      2.0 ms   unknown',
    'AmbitiousPlanner             1        100          20      2.0 ms   unknown',
    'PlanEvaluator                1        100          20      2.0 ms   unknown',
    'ItemExpander                 4        400          80      8.0 ms   unknown',
    'ItemEvaluator               12       1200         240       24 ms   unknown',
    'CriteriaAssessor             3        300          60      6.0 ms   unknown',
    'RevisionRequester            3        300          60      6.0 ms   unknown',
    'RevisionEvaluator            3        300          60      6.0 ms   unknown',
    'RevisionApplier              2        200          40      4.0 ms   unknown',
    'ImplementationEvaluator      3        300          60      6.0 ms   unknown',
    'RevisionRefiner              1        100          20      2.0 ms   unknown',
    'QualityChecker               1        100          20      2.0 ms   unknown',
    '',
    'module 1                     5        500         100       10 ms   unknown',
    'module 2                     4        400          80      8.0 ms   unknown',
    'module 3                    16       1600         320       32 ms   unknown',
    'module 4                     9        900         180       18 ms   unknown',
    'module 5                     7        700         140       14 ms   unknown',
    'all                         41       4100         820       82 ms   unknown',
    '',
  ]);
});

test('an orphan, a gap and an error are seen', () => {
  const trace = structuredClone(good);
  trace.spans = trace.spans.filter(({ name }) => name !== 'plan_selection' && name !== 'plan_expansion');
  const quality = trace.spans.find(({ name }) => name === 'quality_check');
  if (!quality) throw new Error('no quality_check');
  quality.status = { code: 'ERROR', message: 'The model answered 500' };
  quality.attributes['error.type'] = 'model_failed';

  const text = renderTree(trace, { color: false });

  expect(text).toContain('122 spans · 494 ms · 16 orphans\n');
  expect(text).toMatch(/^item_generation .* parent \w{16} is missing$/m);
  expect(text).toMatch(/quality_check .* ERROR model_failed: The model answered 500$/m);
  expect(text).toContain(
    '\ngap: run_module_2 made 12 spans, 11 are here\ngap: run_module_3 made 36 spans, 3 are here\n',
  );
});

test('what went wrong is told once, where it happened', () => {
  const trace = structuredClone(good);
  const failing = ['run_module_5', 'quality_check'];
  for (const span of trace.spans.filter(({ name }) => failing.includes(name))) {
    span.status = { code: 'ERROR', message: 'The model answered 500' };
    span.attributes['error.type'] = 'model_unavailable';
  }

  const lines = renderTree(trace, { color: false }).split('\n');

  expect(lines.filter((line) => line.includes('ERROR')).map((line) => line.replace(/^[ │├└─]*/, ''))).toEqual(
    [
      'run_module_5  98 ms  RevisionImplementer  ERROR model_unavailable',
      'quality_check  6.0 ms  QualityChecker  2 of 3 pass  chose publish  ERROR model_unavailable: The model answered 500',
    ],
  );
});

test('colours are only used where they are wanted', () => {
  expect(renderTree(good, { color: false })).not.toContain('\u001b[');
  expect(renderTree(good, { color: true })).toContain('\u001b[');
});

test('costs are summed where every price is known', () => {
  const trace = structuredClone(good);
  for (const span of trace.spans) {
    if (span.attributes['agent.name'] !== 'ItemExpander') continue;
    span.attributes['agento.cost.usd'] = 0.25;
  }

  const { agents, all } = totals(trace);

  expect(agents.ItemExpander).toEqual({
    calls: 4,
    input_tokens: 400,
    output_tokens: 80,
    duration_ms: 8,
    cost_usd: 1,
  });
  expect(all.cost_usd).toBeNull();
});

test('tokens that an endpoint did not say make sums that are least ones, and are unknown where there are no others', () => {
  const trace = structuredClone(good);
  let isFirst = true;
  for (const span of trace.spans) {
    if (span.attributes['gen_ai.operation.name'] !== 'chat') continue;
    const agent = span.attributes['agent.name'];
    if (agent !== 'SearchAgent' && !(agent === 'ItemExpander' && isFirst)) continue;
    if (agent === 'ItemExpander') isFirst = false;
    delete span.attributes['gen_ai.usage.input_tokens'];
    delete span.attributes['gen_ai.usage.output_tokens'];
    span.attributes['agento.usage.unknown'] = true;
  }

  expect(totals(trace).agents.ItemExpander).toMatchObject({
    calls: 4,
    input_tokens: 300,
    calls_without_usage: 1,
  });
  const lines = renderTree(trace, { color: false }).split('\n');
  expect(lines.find((line) => line.startsWith('SearchAgent'))).toMatch(/ 2 +unknown +unknown /);
  expect(lines.find((line) => line.startsWith('ItemExpander'))).toMatch(/ 4 +≥ 300 +≥ 60 /);
});

test('what a trace holds cannot move the cursor', () => {
  const trace = structuredClone(good);
  for (const span of trace.spans) span.attributes['agent.name'] = 'A\u001b[2J\nB';

  const text = renderTree(trace, { color: false });

  expect(text).not.toContain('\u001b');
  expect(text).toContain('run_module_1  50 ms  A [2J B');
});
