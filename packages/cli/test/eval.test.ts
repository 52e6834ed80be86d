import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { recordedText } from '@agento/evidence/recorded';
import { root } from '@agento/files/home';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { serving } from './answering.ts';
import { agento } from './test-terminal.ts';

const exporting = process.env.OTEL_EXPORTER_OTLP_ENDPOINT !== 'disabled';
const recorded = {
  run_id: '7be0e179-6467-4b85-abad-dc729025edb9',
  goal: 'Open a repair café in a small town',
};
let folder: string;
let suite: string;
let env: NodeJS.ProcessEnv;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'agento-eval-'));
  suite = path.join(folder, 'town.yaml');
  env = { AGENTO_DATA_DIR: path.join(folder, 'data') };
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

/** A module 1 whose every run is the recorded one, and which costs a dollar; `keys` are those it was sent. */
async function moduleOne({
  isStuck = false,
  cost_usd = 1,
}: {
  isStuck?: boolean;
  cost_usd?: number | null;
} = {}) {
  const text = recordedText();
  const traceId = /"traceId":"([0-9a-f]{32})"/.exec(text)?.[1] ?? '';
  await mkdir(path.join(folder, 'data', 'traces'), { recursive: true });
  await writeFile(path.join(folder, 'data', 'traces', `${traceId}.jsonl`), text);
  const sent: { key: string; body: unknown }[] = [];
  const url = await serving(async (request, response) => {
    const run = { run_id: recorded.run_id, trace_id: traceId, cost_usd };
    if (request.method === 'POST') {
      const body: unknown = JSON.parse(await textOf(request));
      sent.push({ key: String(request.headers['idempotency-key']), body });
      response.writeHead(202).end(JSON.stringify({ ...run, state: 'running' }));
    } else response.end(JSON.stringify({ ...run, state: isStuck ? 'running' : 'finished' }));
  });
  return { url, sent };
}

test.skipIf(!exporting)(
  'The committed suite of the offline model passes against its baseline: the code does what it did',
  async () => {
    await cp(path.join(root, 'evals'), path.join(folder, 'evals'), { recursive: true });
    const junit = path.join(folder, 'junit.xml');
    const arguments_ = ['eval', path.join(folder, 'evals', 'offline.yaml'), '--junit', junit];
    const { exitCode, stdout } = await agento(arguments_, { env });
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: expect.stringMatching(
        /^offline: passed \(3 runs, cost unknown\)\n\nAgainst the baseline\n✔ score: 0\.8, the same\n/,
      ),
    });
    expect(await readFile(junit, 'utf8')).toContain('<testsuites name="offline" tests="23" failures="0">');
  },
);

test('A suite that is wrong gets every finding in words, each with its line', async () => {
  await writeFile(
    suite,
    `suite: Our Town
repeets: 2
checks:
  - { metric: scor, at_least: 1 }
  - must: a
    must_not: b
  - metric: score
  - must: /(/
  - audit: { rules: [feedback.unproven, feedback.improven] }
  - audit: {}
goals:
  - id: cafe
    goal: "  "
  - id: cafe
    context: x
    context_file: y.md
    checks:
      - outcome: published
`,
  );
  const { exitCode, stderr } = await agento(['eval', suite], { env });
  const lines = stderr.replaceAll(suite, 'town.yaml').split('\n');
  expect([exitCode, ...lines.map((line) => line.replace(/one of \[.*/, 'one of …'))]).toEqual([
    2,
    '✖ town.yaml:1  suite: must be of a-z, 0-9 and hyphens',
    'town.yaml:2  repeets: unknown field repeets',
    'town.yaml:4  checks.0.metric: must be one of …',
    'town.yaml:5  checks.1: needs one of metric, must, must_not, outcome, audit; has must, must_not',
    'town.yaml:7  checks.2: a metric needs at_least or at_most',
    'town.yaml:8  checks.3.must: Invalid regular expression: /(/: Unterminated group',
    'town.yaml:9  checks.4.audit.rules.1: must be one of …',
    'town.yaml:10  checks.5.audit: needs either rules or fail_on',
    'town.yaml:13  goals.0.goal: must not be empty or blank',
    'town.yaml:14  goals.1.goal: goal is required',
    'town.yaml:14  goals.1.id: another goal has the id cafe',
    'town.yaml:14  goals.1: has both context and context_file: keep one',
    'town.yaml:18  goals.1.checks.0.outcome: must be array',
    '→ docs/eval.md says what a suite is.',
    '',
  ]);

  await writeFile(suite, 'suite: town\ngoals: [\n');
  expect(await agento(['eval', suite], { env })).toMatchObject({
    exitCode: 2,
    stderr: expect.stringMatching(/town\.yaml:3 {2}Flow sequence/),
  });
  expect((await agento(['eval', path.join(folder, 'none.yaml')], { env })).exitCode).toBe(3);
});

test('A case made of a run passes on the run it was made of', async () => {
  const file = path.join(folder, 'run.jsonl');
  await writeFile(file, recordedText());
  await writeFile(
    suite,
    '# What our town needs.\nsuite: town\ngoals:\n  # The oldest.\n  - { id: choir, goal: Found a choir }\n',
  );
  expect(await agento(['eval', 'add', file, '--suite', suite], { env })).toEqual({
    exitCode: 0,
    stdout: `${suite}: open-a-repair-cafe added, with 10 checks that hold of run 7be0e179\n`,
    stderr: '',
  });
  const text = await readFile(suite, 'utf8');
  expect(text).toMatch(
    /^# What our town needs\.\nsuite: town\ngoals:\n {2}# The oldest\.\n {2}- \{ id: choir/,
  );
  expect(text).toContain(
    '  - id: open-a-repair-cafe\n    goal: Open a repair café in a small town\n    context: ',
  );
  expect(text).toContain('      - metric: score\n        at_least: 0.8\n');

  const { url, sent } = await moduleOne();
  const { exitCode, stdout } = await agento(['eval', suite, '--url', url], { env });
  expect({ exitCode, stdout }).toEqual({
    exitCode: 0,
    stdout: 'town: passed (2 runs, cost unknown)\n12 of 12 checks hold.\n',
  });
  expect(sent.map(({ body }) => body)).toMatchObject([
    { goal: 'Found a choir' },
    { goal: recorded.goal, context: expect.stringMatching(/^We are five volunteers/) },
  ]);
});

test('An eval that was interrupted goes on with the same keys, and --fresh begins another', async () => {
  await writeFile(suite, 'suite: town\nrepeats: 2\ngoals:\n  - { id: cafe, goal: Open a café }\n');
  const interrupt = new AbortController();
  const stuck = await moduleOne({ isStuck: true });
  const first = agento(['eval', suite, '--url', stuck.url], { env, interrupted: interrupt.signal });
  while (stuck.sent.length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
  interrupt.abort();
  expect(await first).toMatchObject({
    exitCode: 130,
    stderr: 'The same command goes on with it.\ninterrupted\n',
  });
  const keys = stuck.sent.map(({ key }) => key).sort();
  expect(keys).toEqual([
    expect.stringMatching(/^eval\/town\/[0-9a-f-]{36}\/cafe\/1$/),
    expect.stringMatching(/^eval\/town\/[0-9a-f-]{36}\/cafe\/2$/),
  ]);

  const again = agento(['eval', suite, '--url', stuck.url, '--json'], {
    env,
    interrupted: AbortSignal.timeout(2_000),
  });
  expect((await again).stderr).toMatch(
    /^It goes on with the eval that began at .* \(UTC\): --fresh begins another\.\n/,
  );
  expect(new Set(stuck.sent.map(({ key }) => key))).toEqual(new Set(keys));
  await agento(['eval', suite, '--url', stuck.url, '--fresh'], {
    env,
    interrupted: AbortSignal.timeout(2_000),
  });
  expect(new Set(stuck.sent.map(({ key }) => key)).size).toBe(4);
});

test('A service that refuses a run ends the eval with its reason, and nothing is waited for', async () => {
  await writeFile(suite, 'suite: town\nrepeats: 3\ngoals:\n  - { id: cafe, goal: Open a café }\n');
  let asked = 0;
  const url = await serving(async (request, response) => {
    await textOf(request);
    asked += 1;
    if (asked === 1)
      response.writeHead(202).end(JSON.stringify({ run_id: recorded.run_id, state: 'running' }));
    else if (request.method === 'GET')
      response.end(JSON.stringify({ run_id: recorded.run_id, state: 'running' }));
    else response.writeHead(401).end('no');
  });
  expect(await agento(['eval', suite, '--url', url], { env })).toEqual({
    exitCode: 2,
    stdout: '',
    stderr: `The same command goes on with it.\n✖ Unauthorized (401): ${url} sent this, but is not module 1.\n→ Set AGENTO_API_KEY to one of the keys of the service (its AGENTO_API_KEYS).\n`,
  });
});

test('Runs that the budget of the suite does not allow are not begun, and that fails', async () => {
  await writeFile(
    suite,
    'suite: town\nrepeats: 3\nbudgets: { suite: { cost_usd: 2 } }\ngoals:\n  - { id: cafe, goal: Open a café }\n',
  );
  const { url, sent } = await moduleOne();
  const { exitCode, stdout } = await agento(['eval', suite, '--url', url, '--at-once', '1'], { env });
  expect([exitCode, sent.length]).toEqual([1, 2]);
  expect(stdout).toContain(
    '✖ cafe: runs to its end\n      in 2 of 3\n      1 of 3 runs were not begun: the suite’s budget is spent\n',
  );
});

test('A budget of money that cannot be counted is kept: nothing is run, or nothing more', async () => {
  await writeFile(
    suite,
    'suite: town\nrepeats: 3\nbudgets: { suite: { cost_usd: 2 } }\ngoals:\n  - { id: cafe, goal: Open a café }\n',
  );
  const refusal = {
    exitCode: 2,
    stdout: '',
    stderr:
      '✖ The suite has a budget in cost_usd, and the offline model has no price.\n→ Give its price in AGENTO_PRICES, or take cost_usd out of the budgets.\n',
  };
  expect(await agento(['eval', suite], { env })).toEqual(refusal);
  const unpriced = { ...env, OPENAI_API_KEY: 'sk-a-key-of-nobody-at-all', AGENTO_MODEL: 'a-model-of-nobody' };
  expect(await agento(['eval', suite, '--yes'], { env: unpriced })).toEqual({
    ...refusal,
    stderr: refusal.stderr.replace('the offline model', 'a model'),
  });
  const { url, sent } = await moduleOne({ cost_usd: null });
  const { exitCode, stdout } = await agento(['eval', suite, '--url', url, '--at-once', '1'], { env });
  expect([exitCode, sent.length]).toEqual([1, 1]);
  expect(stdout).toContain('2 of 3 runs were not begun: the suite’s budget is spent\n');
});

test('A service that is full or restarted is asked again, as late as it says, and the run is the same', async () => {
  await writeFile(suite, 'suite: town\nrepeats: 2\ngoals:\n  - { id: cafe, goal: Open a café }\n');
  const whole = await moduleOne();
  const asked: string[] = [];
  const url = await serving(async (request, response) => {
    asked.push(`${request.method} ${request.headers['idempotency-key'] ?? ''}`);
    if (asked.length === 1) response.writeHead(503, { 'retry-after': '1' }).end();
    else if (asked.length === 3) request.socket.destroy();
    else if (asked.length === 4) response.writeHead(502).end('<html>');
    else {
      const { method, url: place, headers } = request;
      const answer = await fetch(`${whole.url}${place}`, {
        method: method ?? 'GET',
        headers: { 'idempotency-key': String(headers['idempotency-key']) },
        ...(method === 'POST' && { body: await textOf(request) }),
      });
      response.writeHead(answer.status).end(await answer.text());
    }
  });
  const { exitCode, stdout } = await agento(['eval', suite, '--url', url, '--at-once', '1'], { env });
  expect({ exitCode, stdout }).toEqual({
    exitCode: 0,
    stdout: expect.stringMatching(/^town: passed \(2 runs/),
  });
  const [first, second, ...later] = asked.filter((one) => one.startsWith('POST'));
  expect(second).toBe(first);
  expect(later).toHaveLength(1);
});

test('An eval whose results cannot be written says so before anything is run', async () => {
  await writeFile(suite, 'suite: town\ngoals:\n  - { id: cafe, goal: Open a café }\n');
  const { url, sent } = await moduleOne();
  const junit = path.join(folder, 'no', 'folder', 'junit.xml');
  expect(await agento(['eval', suite, '--url', url, '--junit', junit], { env })).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining(`${junit} cannot be written: `),
  });
  expect(sent).toEqual([]);
});

test('A suite or baseline that is not one, or of another suite, is refused before anything is run', async () => {
  const { url, sent } = await moduleOne();
  const refused = async (...options: string[]) => {
    const { exitCode, stderr } = await agento(['eval', suite, '--url', url, ...options], { env });
    return [exitCode, stderr.replaceAll(`${folder}/`, '').split('\n')[0]];
  };
  await writeFile(suite, Buffer.from([0x73, 0xff, 0xfe, 0x00]));
  expect(await refused()).toEqual([2, '✖ town.yaml is not UTF-8 text.']);
  await writeFile(suite, '# much\n'.repeat(200_000));
  expect(await refused()).toEqual([2, '✖ town.yaml is longer than 1048576 bytes.']);
  await writeFile(suite, `suite: town\nchecks:\n${'  - {}\n'.repeat(100)}goals: []\n`);
  expect((await agento(['eval', suite], { env })).stderr).toContain('and 81 more\n');

  await writeFile(
    suite,
    'suite: town\ngoals:\n  - { id: cafe, goal: Open a café }\ncompare: [{ metric: items }]\n',
  );
  const baseline = path.join(folder, 'town.baseline.json');
  expect(await refused('--baseline', path.join(folder, 'none.json'))).toEqual([
    3,
    '✖ No such file: none.json.',
  ]);
  await writeFile(
    baseline,
    '{"suite": "town", "prompts": {}, "models": [], "goals": {"cafe": {"input": 1}}}',
  );
  expect(await refused()).toEqual([2, expect.stringMatching(/^✖ town\.baseline\.json is no baseline: /)]);
  await writeFile(baseline, '{"suite": "village", "prompts": {}, "models": [], "goals": {}}');
  expect(await refused()).toEqual([
    2,
    '✖ town.baseline.json is the baseline of the suite village, not of town.',
  ]);
  expect(sent).toEqual([]);
  await rm(baseline);
  const { exitCode, stdout, stderr } = await agento(['eval', suite, '--url', url], { env });
  expect([exitCode, stderr.split('\n')[0]]).toEqual([
    1,
    '! there is no baseline yet, so this eval will fail: --update-baseline makes one',
  ]);
  expect(stdout).toContain('✖ baseline\n      there is none to compare with: --update-baseline\n');
});

test('No case is made of a run with a secret in its goal, or of another system’s trace, and nothing is written', async () => {
  const file = path.join(folder, 'run.jsonl');
  const secret = `sk-proj-${'aB3dE5gH7jK9'.repeat(4)}`;
  await writeFile(file, recordedText().replaceAll(recorded.goal, `Open a café with ${secret}`));
  expect(await agento(['eval', 'add', file, '--suite', suite], { env })).toEqual({
    exitCode: 2,
    stdout: '',
    stderr: '✖ The run’s goal seems to hold a secret: write the case by hand, without it.\n',
  });
  const span = { traceId: 'f'.repeat(32), spanId: '1'.repeat(16), name: 'chat a-model' };
  await writeFile(file, JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }));
  expect(await agento(['eval', 'add', file, '--suite', suite], { env })).toMatchObject({
    exitCode: 3,
    stderr: expect.stringContaining('holds 1 span but none of Agento'),
  });
  expect(await readdir(folder)).not.toContain('town.yaml');
});

test('A run is made a case of once, and --repeats makes more runs than the suite says', async () => {
  const file = path.join(folder, 'run.jsonl');
  await writeFile(file, recordedText());
  expect((await agento(['eval', 'add', file, '--suite', suite], { env })).exitCode).toBe(0);
  const text = await readFile(suite, 'utf8');
  expect(await agento(['eval', 'add', file, '--suite', suite], { env })).toEqual({
    exitCode: 2,
    stdout: '',
    stderr: `✖ ${suite} has this goal with this context already: open-a-repair-cafe.\n→ Pass --id to have it twice.\n`,
  });
  expect(await readFile(suite, 'utf8')).toBe(text);
  const { url, sent } = await moduleOne();
  expect((await agento(['eval', suite, '--url', url, '--repeats', '3'], { env })).exitCode).toBe(0);
  expect(sent).toHaveLength(3);
});

test('Where a model may have to be paid it says what to expect, and asks', async () => {
  await writeFile(suite, 'suite: town\nrepeats: 3\ngoals:\n  - { id: cafe, goal: Open a café }\n');
  const paid = { ...env, OPENAI_API_KEY: 'sk-a-key-of-nobody-at-all' };
  expect(await agento(['eval', suite], { env: paid })).toEqual({
    exitCode: 2,
    stdout: '',
    stderr: expect.stringMatching(
      /^3 runs\. An estimate for them together, 3 at once: \d+ to \d+ model calls, \d+k to \d+k tokens in, \d+k to \d+k out, \$[\d.]+ to \$[\d.]+, \d+ to \d+ min\.\n✖ The model of these runs may have to be paid, and nobody is here to agree\.\n→ Pass --yes\.\n$/,
    ),
  });
  const { url, sent } = await moduleOne();
  expect((await agento(['eval', suite, '--url', url, '--yes'], { env: paid })).exitCode).toBe(0);
  expect(sent).toHaveLength(3);
});

test('A baseline is written if every check holds, and left alone if one does not', async () => {
  const baseline = path.join(folder, 'town.baseline.json');
  const goals = 'goals:\n  - { id: cafe, goal: Open a café }\ncompare:\n  - { metric: score, exact: true }\n';
  await writeFile(suite, `suite: town\n${goals}`);
  const { url } = await moduleOne();
  expect(await agento(['eval', suite, '--url', url, '--update-baseline'], { env })).toMatchObject({
    exitCode: 0,
    stderr: expect.stringContaining(`The baseline is written: ${baseline}\n`),
  });
  const written = await readFile(baseline, 'utf8');
  const input = createHash('sha256')
    .update(JSON.stringify(['Open a café', '', {}]))
    .digest('hex');
  expect(JSON.parse(written)).toMatchObject({
    suite: 'town',
    models: ['agento-offline-1'],
    goals: { cafe: { input: input.slice(0, 16), numbers: { score: [0.8] } } },
  });
  const passing = await agento(['eval', suite, '--url', url], { env });
  expect([passing.exitCode, passing.stdout]).toEqual([
    0,
    'town: passed (1 run, cost unknown)\n\nAgainst the baseline\n✔ score: 0.8, the same\n\n1 of 1 checks hold.\n',
  ]);

  await writeFile(baseline, written.replace('[0.8]', '[0.9]'));
  const failing = await agento(['eval', suite, '--url', url, '--json'], { env });
  expect(failing.exitCode).toBe(1);
  expect(JSON.parse(failing.stdout)).toMatchObject({
    passed: false,
    comparisons: [{ name: 'score', verdict: 'worse', before: 0.9, now: 0.8, says: 'worse: cafe 0.9 → 0.8' }],
    made: [{ goal: 'cafe', repeat: 1, run_id: recorded.run_id, outcome: 'held' }],
  });

  await writeFile(suite, `suite: town\nchecks:\n  - { metric: score, at_least: 0.9 }\n${goals}`);
  const refused = await agento(['eval', suite, '--url', url, '--update-baseline'], { env });
  expect([refused.exitCode, await readFile(baseline, 'utf8')]).toEqual([
    1,
    written.replace('[0.8]', '[0.9]'),
  ]);
});
