import picocolors from 'picocolors';
import { describe, expect, test } from 'vitest';
import { NotShownError, pageAsMarkdown, pageAsText, type RunReading, readRuns, show } from '../src/index.ts';
import { goldenNames, goldenTrace, withoutContent } from './golden/index.ts';
import { recordedTrace } from './recorded/index.ts';

const [run] = readRuns(recordedTrace()) as [RunReading];
const colors = picocolors.createColors(false);
const textOf = (words: string[], of = run) => pageAsText(show(of, words).page, { colors, width: 100 });
const linesOf = (words: string[], of = run) => textOf(words, of).split('\n');

test('a run is on one page: outcome, decisions, criteria, constraints, items, open issues', () => {
  const lines = linesOf([]);

  expect(lines.length).toBeLessThan(70);
  expect(lines.slice(0, 9)).toEqual([
    'Open a repair café in a small town',
    'run       7be0e179-6467-4b85-abad-dc729025edb9',
    'trace     caf44cc231bfc0e4aaa8aea3a11f3a74',
    'session   town',
    'when      2026-11-28 16:22:36 UTC, 741 ms',
    'outcome   held, 0.8 of the criteria fully met',
    'used      68 calls, 144619 → 15227 tokens, cost unknown',
    'evidence  complete, 180 spans',
    '',
  ]);
  expect(lines).toContain('  plan_selection  chose p3  over p1, p2  margin 0.01');
  expect(lines).toContain('      4 of 6 items pass, not p3-i2 p3-i4, the plan as a whole: fully_met');
  expect(lines).toContain('✖ broken  k1 “We are five volunteers in a town of 9,000 people.”');
  expect(lines).toContain(
    '  p3-i2 “Choose a form for the repair café”, failed c1 c2, 2 attempts, attempt 2 is kept',
  );
});

test('a decision has every candidate, the best first, with its scores and why it was not chosen', () => {
  expect(textOf(['plan_selection'])).toContain(`
Decision plan_selection: chose p3
  p3 has the highest mean score over all criteria: 0.608
  margin 0.01
✔ p3, rank 1, total 0.608 (c1 0.92, c2 0.34, c3 0.53, c7 0.44, c8 0.81)
      “Open a repair café in a small town: the long reach”
✖ p1, rank 2, total 0.598 (c1 0.58, c2 0.63, c3 0.81, c7 0.53, c8 0.44)
      “Open a repair café in a small town: a steady course”
      not chosen: mean score 0.598, 0.01 below p3
✖ p2, rank 3, total 0.484 (c1 0.67, c2 0.53, c3 0.44, c7 0.34, c8 0.44)
      “Open a repair café in a small town: with little”
      not chosen: mean score 0.484, 0.124 below p3

Uses
  scores  plan_evaluation  802e42df475d24ea

Used by
  plan  item_generation p3-i1  099f9c407a2a1d68
`);
});

describe('a step is found by', () => {
  test.each([
    ['its name, item and criterion', ['expansion_evaluation', 'p3-i2', 'c1']],
    ['its agent, and in any order', ['c1', 'ItemEvaluator', 'p3-i2']],
    ['its span', ['2bcb08d31bbadd0a']],
    ['how its span begins', ['2bcb08d3']],
  ])('%s', (_name, words) => {
    const text = textOf(words);

    expect(text).toMatch(/^expansion_evaluation p3-i2 c1\nagent {6}ItemEvaluator, module 3\n/);
    expect(text).toContain('\n✖ fail 0.36  p3-i2  c1 “Tasks are given only to those the brief counts on');
    expect(text).toContain('\n  failed_verdict  deficiency_analysis p3-i2  4348982a684fed61  (c1)\n');
    expect(text).toMatch(/\nAnswer\n {2}\{\n {4}"reasoning": "The item touches on/);
    expect(text).toMatch(/\nPrompt: system\n {2}# ItemEvaluator\n/);
    expect(text).toMatch(
      /\nPrompt: user\n {2}<input>\n {2}\{\n {4}"goal": "Open a repair café in a small town"/,
    );
  });
});

test('its call is found by its key, with the same prompt and answer', () => {
  const text = textOf(['m3/expansion_evaluation/ItemEvaluator/p3/p3-i2/c1']);

  expect(text).toMatch(/^m3\/expansion_evaluation\/ItemEvaluator\/p3\/p3-i2\/c1\nagent {3}ItemEvaluator\n/);
  expect(text).toContain('tokens  1850 → 78, cost unknown');
  expect(text).toMatch(/\nPrompt: system\n {2}# ItemEvaluator\n/);
});

test('of several steps there is a line each, and how to name one', () => {
  const lines = linesOf(['ItemEvaluator', 'p3-i2']);

  expect(lines[0]).toBe('5 steps');
  expect(lines[2]).toMatch(/^2bcb08d31bbadd0a {2}expansion_evaluation p3-i2 c1 +\d+ ms {2}fail 0\.36$/);
  expect(lines.at(-2)).toBe(
    'Name one by its span or by what tells it apart: `show <run> <step> <item> <criterion>`.',
  );
});

test('an item has its texts, a table of verdicts, what was asked and what came of each suggestion', () => {
  const text = textOf(['p3-i2']);

  expect(text).toContain(`
Verdicts
    expanded   original  attempt 1  attempt 2  criterion
c1  fail 0.36  fail 0.5  pass 1     pass 1     Tasks are given only to those the brief counts on, “…
c2  fail 0.31  fail 0.5  fail 0.5   pass 1     Spending on opening the repair café is entered in on…
`);
  expect(text).toContain('\n✔ p3-i2-a1-s1  addressed\n      Say in the text how');
  expect(text).toContain('\nDecision attempt_acceptance: chose attempt-2\n');
  expect(text).toContain('\nFinal text (p3-i2-a2)\n  Three rough sketches of the repair café');
});

test.each([
  [['c3'], 'criterion c3', 'Verdicts: 13 of 18 pass'],
  [['k1'], 'constraint k1', 'broken  p3  constraint by QualityChecker'],
  [['p2'], 'plan p2 “Open a repair café in a small town: with little”', 'chosen       no'],
  [['p2-i1'], 'item p2-i1 “Say what the purpose of the repair café is”', 'plan     p2'],
  [['p3-i2-a2'], 'text p3-i2-a2', 'final plan  it stands in it'],
  [['r-p3-i5'], 'revision request r-p3-i5', '\nNot approved\n'],
  [['p3-i2-a1-s1'], 'suggestion p3-i2-a1-s1', 'told       revision_refinement p3-i2 a2  15e18ef6c1bda695'],
])('%s is shown', (words, heading, fact) => {
  const text = textOf(words);

  expect(text.split('\n')[0]).toBe(heading);
  expect(text).toContain(fact);
});

test('what is not there is answered with what there is', () => {
  expect(() => show(run, ['nonsense'])).toThrow(NotShownError);
  expect(() => show(run, ['nonsense'])).toThrow(
    /^Nothing in this run is “nonsense”\. There are\n {2}steps: search_agent, .*\n {2}agents: .*\n {2}criteria: c1, c2, /,
  );
  expect(() => show(run, ['expansion_evaluation', 'p9'])).toThrow('is all of “expansion_evaluation p9”');
});

test('Markdown is the same page; what is foreign in it stays text', () => {
  const step = structuredClone(run);
  const [criterion] = step.criteria;
  if (criterion) criterion.text = '# <script> | ``` [a](b)\n\u001b[2J';
  const page = pageAsMarkdown(show(step, ['c1']).page);

  expect(page).toMatch(/^# criterion c1\n\n\\# \\<script\\> \| \\`\\`\\` \\\[a\\\]\(b\)\n/);
  expect(page).not.toContain('\u001b');
  expect(pageAsMarkdown(show(run, ['search_agent']).page)).toContain(
    '## Prompt: system\n\n```text\n# SearchAgent\n',
  );
});

test('nothing that a trace holds can control the terminal', () => {
  const trace = recordedTrace();
  for (const { attributes, events } of trace.spans) {
    for (const values of [attributes, ...events.map((event) => event.attributes)]) {
      for (const [key, value] of Object.entries(values)) {
        if (typeof value === 'string') values[key] = value.replaceAll('repair', '\u001b[2J\u202erepair');
      }
    }
  }
  const [hostile] = readRuns(trace) as [RunReading];

  for (const words of [[], ['p3-i2'], ['c1'], ['plan_selection'], ['search_agent'], ['ItemEvaluator']]) {
    expect(textOf(words, hostile)).not.toMatch(/(?!\n)[\p{Cc}\u202e]/u);
    expect(pageAsMarkdown(show(hostile, words).page)).not.toMatch(/(?!\n)[\p{Cc}\u202e]/u);
  }
});

test('everything that has a name or an id can be shown, of any trace, with content or without', () => {
  const traces = [...goldenNames, 'seldom', 'resumed'].map((name) => goldenTrace(name as 'held'));
  const all = [recordedTrace(), ...traces].flatMap((trace) => [trace, withoutContent(trace)]);
  for (const reading of all.flatMap(readRuns)) {
    const ids = [
      ...reading.steps.flatMap(({ name, agent, span_id }) => [name, agent, span_id]),
      ...reading.calls.flatMap(({ span_id, key }) => [span_id, key]),
      ...[
        reading.criteria,
        reading.constraints,
        reading.plans,
        reading.items,
        reading.requests,
        reading.suggestions,
      ]
        .flat()
        .map(({ id }) => id),
      ...reading.items.flatMap(({ texts }) => texts.map(({ id }) => id)),
    ];
    for (const id of new Set(ids)) {
      if (id) expect(textOf([id], reading)).not.toBe('');
    }
  }
});

test('of a run that failed the page says which step failed and why, and a run that was stopped where', () => {
  const [failed] = readRuns(goldenTrace('failed')) as [RunReading];
  const [stopped] = readRuns(goldenTrace('web-search')) as [RunReading];

  expect(textOf([], failed)).toMatch(
    /\nSteps without a result\n✖ \S+ .* [0-9a-f]{16}\n {6}model_unavailable: /,
  );
  expect(failed.steps.find(({ span_id }) => span_id === failed.error?.span_id)?.name).toBe('item_generation');
  // What was cancelled since it failed is not what failed.
  expect(textOf([], failed)).not.toContain('Another item failed');
  expect(textOf([], stopped)).toMatch(/^outcome +stopped after module \d, as asked$/m);
});

test('while content is off the page says so instead of a prompt', () => {
  const [off] = readRuns(withoutContent(recordedTrace())) as [RunReading];

  expect(textOf([], off)).toContain('content was switched off: no prompts, answers or texts');
  expect(textOf(['search_agent'], off)).toContain(
    '\nPrompt\nNot recorded: content was switched off (OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT).',
  );
});
