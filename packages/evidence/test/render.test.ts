import { expect, test } from 'vitest';
import { parseOtlpJson, renderTree, totals } from '../src/index.ts';
import { goodTrace, runId, traceId } from './good-trace.ts';

const good = parseOtlpJson(goodTrace({ stopAfter: 5 }));

test('a trace is a header, a tree and totals', () => {
  const lines = renderTree(good, { color: false, all: true }).split('\n');

  expect(lines.slice(0, 3)).toEqual([
    `trace ${traceId} · run ${runId}`,
    'goal "Open a repair café in a small town" · 5 services · 131 spans · 522 ms · no orphans',
    '',
  ]);
  expect(lines.slice(3, 16)).toEqual([
    'POST /run  522 ms  Agento-Module-1',
    '└─ request  518 ms',
    '   ├─ run_module_1  58 ms  SuccessCriteriaGenerator',
    '   │  ├─ search_agent  14 ms  SearchAgent',
    '   │  │  ├─ chat agento-offline-1  2.0 ms  SearchAgent  100 → 20 tokens',
    '   │  │  └─ execute_tool web_search  6.0 ms  SearchAgent',
    '   │  │     └─ chat agento-offline-1  2.0 ms  SearchAgent  100 → 20 tokens',
    '   │  ├─ constraint_extraction  6.0 ms  ConstraintExtractor',
    '   │  │  └─ chat agento-offline-1  2.0 ms  ConstraintExtractor  100 → 20 tokens',
    '   │  ├─ criteria_generation  10 ms  CriteriaGenerator',
    '   │  │  ├─ chat agento-offline-1  2.0 ms  CriteriaGenerator  100 → 20 tokens',
    '   │  │  └─ chat agento-offline-1  2.0 ms  CriteriaGenerator  100 → 20 tokens',
    '   │  ├─ criteria_evaluation  6.0 ms  CriteriaEvaluator  3 of 5 pass  chose c1, c2, c3',
  ]);
  expect(lines).toContainEqual(
    expect.stringMatching(
      /expansion_evaluation .* item p1-i2 {2}criterion c1 “.+” {2}plan p1 {2}fail 0\.25$/,
    ),
  );
  expect(lines.slice(-27)).toEqual([
    '',
    '                         calls  tokens in  tokens out  model time  cost USD',
    'SearchAgent                  2        200          40      4.0 ms   unknown',
    'ConstraintExtractor          1        100          20      2.0 ms   unknown',
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
    'ImplementationEvaluator      5        500         100       10 ms   unknown',
    'RevisionApplier              2        200          40      4.0 ms   unknown',
    'RevisionRefiner              1        100          20      2.0 ms   unknown',
    'QualityChecker               1        100          20      2.0 ms   unknown',
    '',
    'module 1                     6        600         120       12 ms   unknown',
    'module 2                     4        400          80      8.0 ms   unknown',
    'module 3                    16       1600         320       32 ms   unknown',
    'module 4                     9        900         180       18 ms   unknown',
    'module 5                     9        900         180       18 ms   unknown',
    'all                         44       4400         880       88 ms   unknown',
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

  const text = renderTree(trace, { color: false, all: true });

  expect(text).toContain('129 spans · 522 ms · 16 orphans\n');
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

  const lines = renderTree(trace, { color: false, all: true }).split('\n');

  expect(lines.filter((line) => line.includes('ERROR')).map((line) => line.replace(/^[ │├└─]*/, ''))).toEqual(
    [
      'run_module_5  118 ms  RevisionImplementer  ERROR model_unavailable',
      'quality_check  6.0 ms  QualityChecker  plan p1  2 of 4 pass  chose publish  ERROR model_unavailable: The model answered 500',
    ],
  );
});

test('colours are only used where they are wanted', () => {
  expect(renderTree(good, { color: false, all: true })).not.toContain('\u001b[');
  expect(renderTree(good, { color: true, all: true })).toContain('\u001b[');
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
  const lines = renderTree(trace, { color: false, all: true }).split('\n');
  expect(lines.find((line) => line.startsWith('SearchAgent'))).toMatch(/ 2 +unknown +unknown /);
  expect(lines.find((line) => line.startsWith('ItemExpander'))).toMatch(/ 4 +≥ 300 +≥ 60 /);
});

test('what a trace holds cannot move the cursor', () => {
  const trace = structuredClone(good);
  for (const span of trace.spans) {
    span.attributes['agent.name'] = 'A\u001b[2J\nB';
    span.attributes['user.goal'] = 'A\u009b2J';
    span.parent_span_id += '\u001b[2J';
  }
  trace.trace_id = '\u001b[2J';

  const text = renderTree(trace, { color: false, all: true });

  expect(text).not.toMatch(/(?!\n)\p{Cc}/u);
  expect(text).toContain('run_module_1  58 ms  Agento-Module-1  A\\u001b[2J B');
  expect(text).toContain('goal "A\\u009b2J"');
});

/** Spans whose parents are given by number; -1 is none. */
function chained(count: number, parentOf: (index: number) => number) {
  const id = (index: number) => (index < 0 ? '' : (index + 1).toString(16).padStart(16, '0'));
  const spans = Array.from({ length: count }, (_, index) => ({
    traceId,
    spanId: id(index),
    parentSpanId: id(parentOf(index)),
    name: `span ${index}`,
    startTimeUnixNano: `${1_000_000 + index}`,
    endTimeUnixNano: `${1_000_000 + index}`,
  }));
  return parseOtlpJson(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }));
}

test.each([
  ['a chain', (index: number) => index - 1],
  ['as many children', (index: number) => Math.min(index - 1, 0)],
])('%s of 200,000 spans is shown, a line each, indented as far as one can read', (_name, parentOf) => {
  const lines = renderTree(chained(200_000, parentOf), { color: false, all: true }).split('\n');

  expect(lines.filter((line) => line.includes('span ')).length).toBe(200_000);
  expect(lines.reduce((most, line) => Math.max(most, line.length), 0)).toBeLessThan(200);
  expect(lines.slice(3, 5)).toEqual(['span 0  0.0 ms', expect.stringMatching(/^[└├]─ span 1 {2}0.0 ms$/)]);
});

test('what lies deeper than lines are indented says how deep', () => {
  const lines = renderTree(
    chained(50, (index) => index - 1),
    { color: false, all: true },
  ).split('\n');

  expect(lines[3 + 40]).toMatch(/^ {117}└─ span 40 /);
  expect(lines[3 + 49]).toMatch(/^ {117}└─ \(level 49\) span 49 /);
});

test('spans whose parents go in a circle stand under a heading of their own, each once', () => {
  // 0 is a root; 1 is its own parent; 2 and 3 are each other's; 4, 5 and 6 go round, and 7 lies below 5.
  const parents = [-1, 1, 3, 2, 6, 4, 5, 5];
  const lines = renderTree(
    chained(8, (index) => parents[index] ?? -1),
    { color: false, all: true },
  ).split('\n');

  expect(lines.slice(3, 14)).toEqual([
    'span 0  0.0 ms',
    '',
    'spans that are their own ancestors:',
    '',
    'span 1  0.0 ms  under span 1 0000000000000002',
    'span 2  0.0 ms  under span 3 0000000000000004',
    '└─ span 3  0.0 ms',
    'span 4  0.0 ms  under span 6 0000000000000007',
    '└─ span 5  0.0 ms',
    '   ├─ span 6  0.0 ms',
    '   └─ span 7  0.0 ms',
  ]);
});
