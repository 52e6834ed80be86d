import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { evidenceOf } from '@agento/critic';
import { type Finding, loadTrace, parseOtlpJson, type RunReading, readRuns } from '@agento/evidence';
import { recordedText } from '@agento/evidence/recorded';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serving } from './answering.ts';
import { agento } from './test-terminal.ts';

let folder: string;
let runs: string;
const run_id = '7be0e179-6467-4b85-abad-dc729025edb9';
const ratings = '2f8acb1a02df9c4b';
const verdict = '6f9649db7765625d';
const selection = 'fbd2c7003de5cf92';

const finding = (rule: string, severity: Finding['severity'], span_id: string): Finding => ({
  rule,
  severity,
  question: 'What is wrong?',
  run_id,
  trace_id: 'a'.repeat(32),
  span_id,
  message: 'Something is odd.',
  texts: [{ name: 'answer', text: 'as it is written' }],
  measure: { name: 'share', value: 1 },
});
const found = [
  finding('scores-do-not-spread', 'error', ratings),
  finding('verdict-without-evidence', 'warning', verdict),
  finding('close-decision', 'note', selection),
];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'agento-critique-'));
  runs = path.join(folder, 'run.jsonl');
  await writeFile(runs, recordedText());
});
afterAll(() => rm(folder, { recursive: true }));

async function critique(findings: unknown, more: string[] = [], env: NodeJS.ProcessEnv = {}) {
  const file = path.join(folder, 'findings.json');
  await writeFile(file, JSON.stringify(findings));
  const data = await mkdtemp(path.join(folder, 'data-'));
  const result = await agento(['critique', runs, '--findings', file, ...more], {
    env: { AGENTO_DATA_DIR: data, ...env },
  });
  const names = await readdir(path.join(data, 'traces')).catch(() => []);
  return { ...result, traces: names.map((name) => path.join(data, 'traces', name)) };
}

test('critique proposes guardrails for findings, says which it answers, and tests them at once', async () => {
  const { exitCode, stdout, stderr } = await critique(found);

  expect([exitCode, stderr]).toEqual([
    0,
    expect.stringMatching(/^One call of the offline model, which costs nothing: about \d+ tokens in, /),
  ]);
  expect(stdout.replace(/[0-9a-f]{32}/, '<trace>').split('\nThe file\n')[0]).toBe(
    `2 guardrails proposed for 3 findings
by     GuardrailCritic, agento-offline-1
trace  <trace>

criteria-evaluation-differ (repair)
scores-do-not-spread: the numbers at evaluations[].rating hardly differ; a list in which all is
truly alike would show it, too.
answers  f1 scores-do-not-spread

expansion-evaluation-quote (warn)
verdict-without-evidence: reasoning shows no passage of what it is about; a judgement of what is
missing may have none to show.
answers  f2 verdict-without-evidence

Left out
! f3 close-decision
      It is not about the answer of a step, which is all that a guardrail judges.
`,
  );
  expect(stdout).toContain(`criteria-evaluation-differ (repair)
Numbers that are all alike tell nothing apart
judged  1 answer
fires   1 time, in 1 run
✖ 7be0e179  criteria_evaluation  ${ratings}
`);
});

test('critique keeps a trace of its own that links to the spans it read', async () => {
  const { traces, stdout } = await critique(found, ['--json']);

  const { trace_id, usage } = JSON.parse(stdout);
  expect(traces.map((file) => path.basename(file))).toEqual([`${trace_id}.jsonl`]);
  const { spans } = await loadTrace(traces[0] ?? '', { dataDir: folder });
  expect(spans.map(({ name }) => name)).toEqual(['critique', 'guardrail_proposal', 'chat agento-offline-1']);
  const [root, step] = spans;
  expect(root?.links.map((link) => link.span_id)).toEqual([ratings, verdict, selection]);
  expect(step?.attributes).toMatchObject({
    'agent.name': 'GuardrailCritic',
    'agento.prompt.version': '1.1.0',
    'agento.link.finding': [ratings, verdict, selection],
  });
  expect(usage).toMatchObject([{ agent_name: 'GuardrailCritic', calls: 1 }]);
});

test('critique writes what AGENTO_GUARDRAILS takes', async () => {
  const out = path.join(folder, 'proposed.yaml');

  const { stderr } = await critique(found, ['--out', out]);

  expect(stderr).toContain(`${out} is written: \`AGENTO_GUARDRAILS=${out} pnpm start\` switches it on.`);
  expect(await readFile(out, 'utf8')).toContain('answers:\n      - f1 scores-do-not-spread\n');
  const tested = await agento(['guardrails', 'test', out, '--runs', runs]);
  expect(tested.stdout.split('\n')[0]).toBe('2 guardrails on 1 stored run');
});

test('critique says what a paid model would cost, and asks it only if told to', async () => {
  const { exitCode, stdout, stderr, traces } = await critique(found, [], {
    OPENAI_BASE_URL: 'http://127.0.0.1:9/v1',
    AGENTO_MODEL: 'dear-1',
    AGENTO_PRICES: '{"dear-1": {"input": 1000, "output": 1000}}',
  });

  expect([exitCode, stdout, traces]).toEqual([2, '', []]);
  expect(stderr).toMatch(
    /^One call of dear-1, and one more if it has to be repaired: about \d+ tokens in, 2500 out \(at most 16384\), \$\d\.\d{4} \(at most \$\d+\.\d{4}\) a call\.\n✖ Nobody can be asked whether to go on\.\n/,
  );
});

test('critique without findings audits the runs itself, by all rules or those that are named', async () => {
  const disturbed = path.join(folder, 'disturbed.jsonl');
  await writeFile(disturbed, withSwappedVerdict(recordedText()));
  const env = { AGENTO_DATA_DIR: path.join(folder, 'data') };

  const { exitCode, stdout } = await agento(['critique', disturbed, '--rule', 'judges.disagree'], { env });
  expect(exitCode).toBe(0);
  expect(
    stdout.replace(/[0-9a-f]{32}/, '<trace>').split('\nThe file\n')[0],
  ).toBe(`1 guardrail proposed for 1 finding
by     GuardrailCritic, agento-offline-1
trace  <trace>

revision-baseline-agree (warn)
judges.disagree: score and the statuses at criteria_fulfillment[].status say different things of the
same text.
answers  f1 judges.disagree
`);
  const all = await agento(['critique', disturbed, '--severity', 'warning'], { env });
  expect(all.stdout).toMatch(/^! f\d+ revision\.worsened\n {6}Nothing in an answer of revision_apply/m);
});

test('critique says that the audit finds nothing, or that there is no such rule', async () => {
  expect(await agento(['critique', runs, '--severity', 'error'])).toMatchObject({
    exitCode: 3,
    stderr: '✖ The audit finds nothing in this run: there is nothing to propose.\n',
  });
  expect(await agento(['critique', runs, '--rule', 'nope'])).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('There is no rule nope.'),
  });
  expect(await critique(found, ['--rule', 'call.slow'])).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('--rule and --severity are of an audit: leave out --findings.'),
  });
});

test('critique reads what audit --json writes, findings about a whole run among it', async () => {
  const { stdout: audit } = await agento(['audit', runs, '--json']);
  const findings = JSON.parse(audit).findings;
  const { exitCode, stdout } = await critique({ findings: [...findings, { ...findings[0], span_id: null }] });
  expect([exitCode, stdout.split('\n')[0]]).toEqual([0, '0 guardrails proposed for 9 findings']);
  expect(stdout).toContain(
    '! f9 revision.worsened\n      It is not about the answer of a step, which is all that a guardrail judges.\n',
  );
});

test('critique refuses findings it cannot use, in words', async () => {
  const bad = await critique([
    { ...found[0], rule: '' },
    { ...found[0], texts: 'one' },
  ]);
  expect([bad.exitCode, bad.stderr.split('\n').slice(1, 3)]).toEqual([
    2,
    ['  /0/rule: must not have fewer than 1 characters', '  /1/texts: must be array'],
  ]);
  const none = await critique([]);
  expect([none.exitCode, none.stderr]).toEqual([3, expect.stringContaining('there is nothing to propose')]);
  const astray = await critique([{ ...found[0], span_id: '0'.repeat(16) }]);
  expect([astray.exitCode, astray.stderr]).toEqual([
    3,
    expect.stringContaining('None of the 1 findings is about a span of these runs.'),
  ]);
});

test('a proposal that cannot be used is sent back once, with what is wrong in it', async () => {
  const proposal = (field: string) => ({
    findings: ['f1'],
    reasoning: 'Scores of 100 are careless.',
    id: 'not-too-sure',
    description: 'Nothing is perfect',
    action: 'warn',
    steps: ['expansion_evaluation'],
    check: { kind: 'number', field, most: 95, ...unset },
  });
  const asked: { messages: { content: string }[] }[] = [];
  const url = await serving(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    asked.push(JSON.parse(Buffer.concat(chunks).toString()));
    const answer = { proposals: [proposal(asked.length === 1 ? 'rating' : 'score')], left_out: [] };
    const message = { role: 'assistant', content: JSON.stringify(answer) };
    response.writeHead(200, { 'content-type': 'application/json' }).end(
      JSON.stringify({
        id: 'a',
        object: 'chat.completion',
        created: 1,
        model: 'small-1',
        choices: [{ index: 0, message, finish_reason: 'stop' }],
        usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
      }),
    );
  });

  const { exitCode, stdout } = await critique([found[1]], ['--yes'], {
    OPENAI_BASE_URL: `${url}/v1`,
    AGENTO_MODEL: 'small-1',
  });

  expect(asked[1]?.messages.at(-1)?.content).toBe(
    'Your answer cannot be used as it is:\n' +
      '- /proposals/0/check/field: the answer of expansion_evaluation has no rating: it has reasoning, score\n' +
      'Answer again with the whole corrected JSON object.',
  );
  expect([exitCode, asked.length]).toEqual([0, 2]);
  expect(stdout).toContain(
    'not-too-sure (warn)\nNothing is perfect\njudged  30 answers\nfires   5 times, in 1 run\n',
  );
});

test('critique holds no run longer than it reads it, and reads no further than the findings it is given are', async () => {
  const readings = readRuns(parseOtlpJson(recordedText()));
  let read = 0;
  const source = {
    async *[Symbol.asyncIterator]() {
      for (let copy = 0; copy < 5; copy += 1) {
        read += 1;
        yield { ...readings[0], run_id: copy === 2 ? run_id : `another-${copy}` } as RunReading;
      }
    },
  };

  const { astray, input } = await evidenceOf(found, source);

  expect([astray, read, input.findings.map(({ step }) => step)]).toEqual([
    0,
    3,
    ['criteria_evaluation', 'expansion_evaluation', null],
  ]);
});

interface OtlpAttribute {
  key: string;
  value: unknown;
}
interface OtlpSpan {
  name: string;
  events?: { name: string; attributes: OtlpAttribute[] }[];
}

/** The trace with the first verdict that passed before a revision turned round: another judge passed the same text. */
function withSwappedVerdict(text: string): string {
  const lines = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const spans: OtlpSpan[] = lines.flatMap(({ resourceSpans }) =>
    resourceSpans.flatMap(({ scopeSpans }: { scopeSpans: { spans: OtlpSpan[] }[] }) =>
      scopeSpans.flatMap(({ spans: own }) => own),
    ),
  );
  const put: Record<string, unknown> = {
    'gen_ai.evaluation.score.label': { stringValue: 'fail' },
    'gen_ai.evaluation.score.value': { doubleValue: 0 },
    'agento.criterion.status': { stringValue: 'not_met' },
  };
  const verdict = spans
    .filter(({ name }) => name === 'revision_baseline')
    .flatMap(({ events = [] }) => events)
    .find(
      ({ name, attributes }) =>
        name === 'gen_ai.evaluation.result' && JSON.stringify(attributes).includes('"pass"'),
    );
  for (const attribute of verdict?.attributes ?? []) attribute.value = put[attribute.key] ?? attribute.value;
  return lines.map((line) => JSON.stringify(line)).join('\n');
}

/** What a check of a number leaves unset. */
const unset = Object.fromEntries(
  [
    'least',
    'least_words',
    'most_words',
    'source',
    'whole',
    'from',
    'forbid',
    'require',
    'by',
    'with',
    'values',
  ].map((name) => [name, null]),
);

test("A critique's own trace, which lies among those of the runs, is nothing that an audit could not read", async () => {
  const { traces } = await critique(found);

  const { exitCode, stdout } = await agento(['audit', ...traces, runs, '--rule', 'call.dear']);
  expect([traces.length, exitCode, stdout]).toEqual([
    1,
    0,
    '1 run: 0 errors, 0 warnings, 0 notes\n\nNothing found by\ncall.dear\n',
  ]);
});
