import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  baselineOf,
  foreseen,
  gateJunit,
  gatePage,
  judged,
  metrics,
  readBaseline,
  readSuite,
  type Suite,
  type SuiteRun,
  writeBaseline,
} from '../../src/eval/index.ts';
import { pageAsText, type RunReading, readRuns } from '../../src/index.ts';
import { recordedTrace } from '../recorded/index.ts';

const [recorded] = readRuns(recordedTrace());
if (!recorded) throw new Error('the recorded trace has no run');

function suiteOf(text: string): Suite {
  const { suite, findings } = readSuite(text);
  if (suite === null) throw new Error(JSON.stringify(findings));
  return suite;
}

/** Runs of the recorded trace, one a goal and score. */
function runsOf(scores: Record<string, number[]>, change: Partial<RunReading> = {}): SuiteRun[] {
  return Object.entries(scores).flatMap(([goal, own]) =>
    own.map((score, index) => ({
      goal,
      repeat: index + 1,
      run_id: `0000000${index}-0000-4000-8000-000000000000`,
      reading: { ...(recorded as RunReading), score, ...change },
      problem: null,
    })),
  );
}

const plain = { bold: same, dim: same, red: same, green: same, yellow: same, cyan: same };
function same(text: string | number | null | undefined): string {
  return String(text ?? '');
}
const shown = (...args: Parameters<typeof judged>) =>
  pageAsText(gatePage(judged(...args)), { colors: plain as never, width: 200 });

const noisy = suiteOf(`
suite: town
repeats: 4
compare:
  - metric: score
goals:
  - { id: cafe, goal: Open a café }
  - { id: choir, goal: Found a choir }
`);
const good = { cafe: [0.8, 0.8, 1, 1], choir: [0.6, 0.8, 0.8, 0.8] };

describe('The gate', () => {
  test('lets noise pass, fails what is significantly worse, and shows the numbers of each goal', () => {
    const baseline = baselineOf(noisy, runsOf(good));
    expect(
      shown(noisy, runsOf({ cafe: [0.8, 1, 0.8, 0.8], choir: [0.8, 0.6, 0.8, 1] }), { baseline, seconds: 1 }),
    ).toBe(
      'town: passed (8 runs, cost unknown)\n' +
        '\n' +
        'Against the baseline\n' +
        '✔ score: 0.825 → 0.825, no worse (p = 0.66, exact permutation test; a change of 0.05 matters)\n' +
        '\n' +
        'To be known\n' +
        '! with runs so few and so different, a change is found in 8 of 10 evals only if it is large: score from 0.22 on\n' +
        '\n' +
        '2 of 2 checks hold.\n',
    );
    expect(
      shown(noisy, runsOf({ cafe: [0.4, 0.6, 0.4, 0.6], choir: [0.4, 0.4, 0.4, 0.6] }), {
        baseline,
        seconds: 1,
      }),
    ).toBe(
      'town: FAILED (8 runs, cost unknown)\n' +
        '\n' +
        'Against the baseline\n' +
        '✖ score: 0.825 → 0.475, worse (p = 0.00041, exact permutation test; a change of 0.05 matters)\n' +
        '      cafe: 0.8 0.8 1 1 → 0.4 0.6 0.4 0.6\n' +
        '      choir: 0.6 0.8 0.8 0.8 → 0.4 0.4 0.4 0.6\n' +
        '\n' +
        '2 of 2 checks hold.\n',
    );
  });

  test('does not fail a change that is certain and trivial', () => {
    const baseline = baselineOf(noisy, runsOf({ cafe: [0.8, 0.8, 0.8, 0.8], choir: [0.8, 0.8, 0.8, 0.8] }));
    const now = runsOf({ cafe: [0.79, 0.79, 0.79, 0.79], choir: [0.79, 0.79, 0.79, 0.79] });
    const { passed, comparisons } = judged(noisy, now, { baseline, seconds: 1 });
    expect([passed, comparisons[0]?.verdict, comparisons[0]?.p]).toEqual([true, 'no worse', 1 / 4900]);
  });

  test('says so where so few runs cannot tell noise from a change', () => {
    const few = { ...noisy, repeats: 1 };
    const baseline = baselineOf(few, runsOf({ cafe: [1], choir: [1] }));
    expect(shown(few, runsOf({ cafe: [0], choir: [0] }), { baseline, seconds: 1 })).toContain(
      '! too few runs to tell noise from a change in score: p cannot be below 0.25, and must be at most 0.01; more repeats or goals are needed\n',
    );
  });

  test('fails any change of what has no noise, for one goal alone too', () => {
    const exact = suiteOf(`
suite: code
compare:
  - { metric: score, exact: true }
  - { metric: items, exact: true }
goals:
  - { id: cafe, goal: Open a café }
  - { id: choir, goal: Found a choir }
`);
    const baseline = baselineOf(exact, runsOf({ cafe: [0.8], choir: [0.6] }));
    expect(shown(exact, runsOf({ cafe: [0.8], choir: [0.6] }), { baseline, seconds: 1 })).toContain(
      '✔ score: 0.7, the same\n',
    );
    expect(shown(exact, runsOf({ cafe: [1], choir: [0.4] }), { baseline, seconds: 1 })).toContain(
      '✖ score: worse: choir 0.6 → 0.4\n',
    );
    expect(shown(exact, runsOf({ cafe: [1], choir: [0.6] }), { baseline, seconds: 1 })).toContain(
      '✔ score: better: cafe 0.8 → 1\n',
    );
    expect(
      shown(exact, runsOf({ cafe: [0.8], choir: [0.6] }, { items: [] }), { baseline, seconds: 1 }),
    ).toContain('✖ items: changed: cafe 6 → 0; choir 6 → 0\n');
  });

  test('fails a change of what has no noise in one run of several, and one in the last digit of a large count', () => {
    const exact = suiteOf(`
suite: code
repeats: 2
compare:
  - { metric: score, exact: true }
  - { metric: input_tokens, exact: true, better: same }
goals:
  - { id: cafe, goal: Open a café }
`);
    const tokens = (input_tokens: number) => {
      const { usage } = recorded as RunReading;
      return { usage: { ...usage, all: { ...usage.all, input_tokens } } };
    };
    const baseline = baselineOf(exact, runsOf({ cafe: [0.8, 0.8] }, tokens(1_446_190)));
    const text = shown(exact, runsOf({ cafe: [0.6, 1] }, tokens(1_446_191)), { baseline, seconds: 1 });
    expect(text).toContain('✖ score: worse: cafe 0.8 → 0.6 or 1\n');
    expect(text).toContain('✖ input_tokens: changed: cafe 1446190 → 1446191\n');
  });

  test('takes numbers that only differ in how they are rounded as the same', () => {
    const strict = suiteOf(`
suite: town
repeats: 5
compare:
  - { metric: score, least: 0 }
goals:
  - { id: cafe, goal: Open a café }
`);
    const thirds = { cafe: [2 / 3, 2 / 3, 2 / 3, 2 / 3, 2 / 3] };
    const baseline = baselineOf(strict, runsOf(thirds));
    const { comparisons } = judged(strict, runsOf(thirds), { baseline, seconds: 1 });
    expect(comparisons).toMatchObject([{ passed: true, p: 1 }]);
  });

  test('fails a suite with comparisons that has no baseline, and says what the baseline alone has', () => {
    expect(shown(noisy, runsOf(good), { baseline: null, seconds: 1 })).toContain(
      '✖ baseline\n      there is none to compare with: --update-baseline\n',
    );
    const baseline = baselineOf(noisy, runsOf(good));
    const fewer = { ...noisy, goals: noisy.goals.slice(0, 1) };
    expect(judged(fewer, runsOf({ cafe: good.cafe }), { baseline, seconds: 1 }).notes).toContain(
      'the baseline has goals that the suite no longer has: choir',
    );
  });

  test('compares a noisy check with that of the baseline which asks the same, whatever it is called', () => {
    const named = (least: number, name: string) =>
      suiteOf(`
suite: town
repeats: 2
checks:
  - { metric: score, at_least: ${least}, noisy: true, name: ${name} }
goals:
  - { id: cafe, goal: Open a café }
`);
    const runs = runsOf({ cafe: [0.8, 0.8] });
    const baseline = baselineOf(named(0.7, 'good'), runs);
    const said = (suite: Suite) => judged(suite, runs, { baseline, seconds: 1 }).comparisons[0]?.says;
    expect(said(named(0.7, 'constructor'))).toMatch(/^1 → 1, no worse/);
    expect(said(named(0.5, 'good'))).toBe('the baseline does not have it for cafe: --update-baseline');
  });

  test('foresees what will fail or cannot be told, before anything is paid', () => {
    const baseline = baselineOf(noisy, runsOf(good));
    const [cafe, choir] = noisy.goals;
    if (!cafe || !choir) throw new Error('the suite has two goals');
    expect(foreseen(noisy, baseline)).toEqual([]);
    expect(foreseen(noisy, null)).toEqual([
      'there is no baseline yet, so this eval will fail: --update-baseline makes one',
    ]);
    expect(foreseen({ ...noisy, goals: [cafe, { ...choir, id: 'band' }], repeats: 1 }, baseline)).toEqual([
      'the baseline does not know the goal band as it is, so this eval will fail',
      'too few runs to tell noise from a change in score: p cannot be below 0.2, and must be at most 0.01; more repeats or goals are needed',
    ]);
  });

  test('fails where a goal lost its number, and where the baseline has none yet', () => {
    const baseline = baselineOf(noisy, runsOf(good));
    const runs = runsOf(good).map((run) => ({
      ...run,
      reading: run.goal === 'choir' && run.reading ? { ...run.reading, score: null } : run.reading,
    }));
    expect(shown(noisy, runs, { baseline, seconds: 1 })).toContain(
      '✖ score: the baseline has it for choir, these runs do not\n',
    );
    expect(shown(noisy, runsOf(good), { baseline: baselineOf(noisy, runs), seconds: 1 })).toContain(
      '✖ score: the baseline does not have it for choir: --update-baseline\n',
    );
  });

  test('fails a goal that the baseline knows as another, and one it does not know', () => {
    const baseline = baselineOf(noisy, runsOf(good));
    const [cafe, choir] = noisy.goals;
    if (!cafe || !choir) throw new Error('the suite has two goals');
    const changed = {
      ...noisy,
      goals: [
        { ...cafe, goal: 'Open two cafés' },
        { ...choir, id: 'band' },
      ],
    };
    const runs = runsOf({ cafe: good.cafe, band: good.choir });
    expect(shown(changed, runs, { baseline, seconds: 1 })).toContain(
      '✖ cafe: baseline\n' +
        '      its goal, context or options are not those of the baseline: --update-baseline\n' +
        '✖ band: baseline\n' +
        '      it is not in the baseline: --update-baseline\n',
    );
  });

  test('holds checks against each run, and names the runs that fail', () => {
    const checked = suiteOf(`
suite: town
repeats: 2
budgets:
  run: { cost_usd: 0.5 }
  suite: { seconds: 60 }
checks:
  - { metric: score, at_least: 0.7 }
  - { must: screwdriver, name: it names its tools }
  - must_not: /volunteers?/
  - outcome: [published]
goals:
  - { id: cafe, goal: Open a café }
`);
    const text = shown(checked, runsOf({ cafe: [0.8, 0.6] }), { baseline: null, seconds: 61 });
    expect(text.split('\n').filter((line) => /^✖|run 2|it took|^\d/.test(line))).toEqual([
      '✖ cafe: score at least 0.7',
      '      run 2 (00000001): score is 0.6',
      '✖ cafe: it names its tools',
      '      run 2 (00000001): the plan does not say “screwdriver”',
      '✖ cafe: must not say /volunteers?/',
      expect.stringMatching(/^ {6}run 2 \(00000001\): the plan says “.*volunteer/),
      '✖ cafe: outcome published',
      '      run 2 (00000001): it is held',
      '✖ cafe: budget of a run: cost_usd at most 0.5',
      '      run 2 (00000001): cost_usd is not known',
      '✖ budget of the suite: seconds at most 60',
      '      it took 61 s',
      '1 of 7 checks hold.',
    ]);
  });

  test('has rules of the audit look through the runs, and says where they found what', () => {
    const audited = suiteOf(`
suite: town
checks:
  - audit: { rules: [revision.worsened, feedback.unproven] }
  - audit: { fail_on: error }
goals:
  - { id: cafe, goal: Open a café }
`);
    expect(shown(audited, runsOf({ cafe: [0.8] }), { baseline: null, seconds: 1 })).toBe(
      'town: FAILED (1 run, cost unknown)\n' +
        '\n' +
        'Checks that do not hold\n' +
        '✖ cafe: audit without revision.worsened, feedback.unproven\n' +
        '      run 1 (00000000): revision.worsened: p3-i3-a1 lowered c7 from 1 to 0; it was to change c3. (span 9c83cb1e58094d84)\n' +
        '\n' +
        '2 of 3 checks hold.\n',
    );
  });

  test('gives rules over many runs all runs of a goal at once', () => {
    const audited = suiteOf(`
suite: town
repeats: 5
checks:
  - audit: { rules: [prompt.behind_failures] }
goals:
  - { id: cafe, goal: Open a café }
`);
    const { steps } = recorded;
    const repaired = steps.map((step) =>
      step.name === 'criteria_evaluation' ? { ...step, is_repaired: true } : step,
    );
    const runs = runsOf({ cafe: [1, 1, 1, 1, 1] }, { steps: repaired }).map((run) => ({
      ...run,
      reading: run.reading && { ...run.reading, run_id: run.run_id ?? '' },
    }));
    const said = (own: SuiteRun[]) =>
      judged(audited, own, { baseline: null, seconds: 1 }).checks.find(({ name }) =>
        name.startsWith('audit'),
      );
    expect(said(runs.slice(0, 4))).toMatchObject({ passed: true, says: ['in 4 of 4'] });
    expect(said(runs)).toMatchObject({
      passed: false,
      says: [
        expect.stringMatching(
          /^run 1 \(00000000\): prompt\.behind_failures: Prompt .* is behind 5 unusable answers of 5\. \(span /,
        ),
      ],
    });
  });

  test('holds a noisy check against the share of runs in the baseline', () => {
    const shares = suiteOf(`
suite: town
repeats: 8
checks:
  - { metric: score, at_least: 0.7, noisy: true }
goals:
  - { id: cafe, goal: Open a café }
`);
    const baseline = baselineOf(shares, runsOf({ cafe: [1, 1, 1, 1, 1, 1, 1, 0.5] }));
    const once = judged(shares, runsOf({ cafe: [1, 1, 1, 1, 1, 1, 0.5, 0.5] }), { baseline, seconds: 1 });
    expect([once.passed, once.comparisons[0]?.says]).toEqual([
      true,
      '0.875 → 0.75, no worse (p = 0.5, exact permutation test; a change of 0.1 matters)',
    ]);
    const often = judged(shares, runsOf({ cafe: [1, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5] }), {
      baseline,
      seconds: 1,
    });
    expect([often.passed, often.comparisons[0]?.says]).toEqual([
      false,
      '0.875 → 0.125, worse (p = 0.0051, exact permutation test; a change of 0.1 matters)',
    ]);
  });

  test('fails runs that are missing, have no trace or did not end well', () => {
    const runs = runsOf({ cafe: good.cafe, choir: [1] }, { outcome: 'failed' });
    const [first] = runs;
    if (first) Object.assign(first, { reading: null, problem: 'it failed: no model' });
    const text = shown(noisy, runs, { baseline: null, seconds: 1 });
    expect(text).toContain(
      '✖ cafe: runs to its end\n      run 1 (00000000): it failed: no model\n      run 2 (00000001): it failed\n',
    );
    expect(text).toContain('      3 of 4 runs were not begun: the suite’s budget is spent\n');
  });

  test('says which prompts and models are others than the baseline’s', () => {
    const baseline = baselineOf(noisy, runsOf(good));
    const prompts = (recorded as RunReading).prompts.map((prompt) =>
      prompt.agent === 'SearchAgent' ? { ...prompt, version: '9.0.0' } : prompt,
    );
    expect(judged(noisy, runsOf(good, { prompts }), { baseline, seconds: 1 }).notes.slice(-1)).toEqual([
      expect.stringMatching(/^the prompt of SearchAgent is 9\.0\.0 [0-9a-f]{12}, was [\d.]+ [0-9a-f]{12}$/),
    ]);
  });
});

test('A baseline is written with each list on its line, and reads as it was', () => {
  const baseline = baselineOf(noisy, runsOf({ ...good, choir: [0.8, 1 / 3] }));
  const text = writeBaseline(baseline);
  expect(text).toContain('        "score": [0.333333, 0.8]\n');
  expect(readBaseline(text)).toEqual(baseline);
  expect(() => readBaseline('{"suite": 1}')).toThrow(/^\/suite must be string|is required/);
  expect(() => readBaseline('{')).toThrow(/^is not JSON: /);
});

test('JUnit’s XML has a suite a goal, and escapes what it is given', () => {
  const checked = suiteOf(`
suite: town
checks:
  - { must: 'a < b & "c"' }
goals:
  - { id: cafe, goal: Open a café }
`);
  expect(gateJunit(judged(checked, runsOf({ cafe: [1] }), { baseline: null, seconds: 1 }))).toBe(
    `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="town" tests="2" failures="1">
  <testsuite name="town: cafe" tests="2" failures="1">
    <testcase classname="town.cafe" name="runs to its end"/>
    <testcase classname="town.cafe" name="must say “a &lt; b &amp; &quot;c&quot;”"><failure message="run 1 (00000000): the plan does not say “a &lt; b &amp; &quot;c&quot;”">run 1 (00000000): the plan does not say “a &lt; b &amp; &quot;c&quot;”</failure></testcase>
  </testsuite>
</testsuites>
`,
  );
});

test('The numbers of a recorded run are those that can be counted in it by hand', () => {
  const read = Object.fromEntries(
    Object.entries(metrics).map(([name, { of }]) => [name, of(recorded as RunReading)]),
  );
  expect(read).toMatchObject({
    score: 0.8,
    items: 6,
    revisions: 4,
    calls: 68,
    input_tokens: 144_619,
    cost_usd: null,
    repairs: 0,
    refusals: 0,
    failed_steps: 0,
    gaps: 0,
  });
});

test('The table of metrics in the docs is that of the code', () => {
  const page = readFileSync(new URL('../../../../docs/eval.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| (`[a-z_]+`.*?) *\|$/gm)].map(([, row = '']) =>
    row.replace(/ +\| +/g, ' | '),
  );
  expect(rows).toEqual(
    Object.entries(metrics).map(
      ([name, { says, better, least }]) => `\`${name}\` | ${says} | ${better} | ${least || 'any'}`,
    ),
  );
});
