import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { limits, type ReplayedCall, redactedMark, type StepChange } from '@agento/contracts';
import { planReplay, recordedRun } from '@agento/evidence';
import { goldenTrace } from '@agento/evidence/golden';
import { recordedSummerText, recordedText } from '@agento/evidence/recorded';
import { marker } from '@agento/redaction';
import { describe, expect, test } from 'vitest';
import { type ChangeOptions, changeOf } from '../src/replay/change.ts';
import { keptJournal } from '../src/replay/kept-journal.ts';
import { previewOf } from '../src/replay/preview.ts';
import { checkSizes } from '../src/replay/size.ts';
import { styleOf } from '../src/terminal.ts';
import { nowhere, serve, serving } from './answering.ts';
import { agento, testTerminal } from './test-terminal.ts';

const run = recordedRun([goldenTrace('published')]);
const plan = planReplay(run, 'plan_evaluation', null);
const changed = (options: Partial<ChangeOptions>) => changeOf({ set: [], ...options }, plan);
const file = (name: string) => new URL(`../../../services/${name}`, import.meta.url).pathname;

test('What a replay looks for is what the redaction writes.', () => {
  expect(redactedMark).toBe(marker);
});

describe('What the command line changes', () => {
  test('is a prompt file with its includes in place, a model, settings.', async () => {
    const options = {
      prompt: file('module2/prompts/plan-evaluator.md'),
      model: 'large-1',
      set: ['temperature=0.2', 'max_tokens=900'],
    };
    const { prompt, ...rest } = (await changed(options)) as StepChange;

    expect(rest).toEqual({ model: 'large-1', temperature: 0.2, max_tokens: 900 });
    expect(prompt).toMatch(/^---\n[\s\S]*agent: PlanEvaluator\n/);
    expect(prompt).not.toMatch(/^\{\{/m);
    expect(await changed({})).toBeUndefined();
  });

  test.each<[Partial<ChangeOptions>, RegExp]>([
    [
      { set: ['reasoning_effort=low'] },
      /^There is no setting "reasoning_effort": a step has temperature, seed, max_tokens\.$/,
    ],
    [{ set: ['temperature'] }, /^There is no setting "temperature": /],
    [{ set: ['temperature=warm'] }, /^The temperature must be a number, not "warm"\.$/],
    [{ set: ['temperature=3'] }, /^The temperature must be <= 2\.$/],
    [{ set: ['seed=1.5'] }, /^The seed must be integer\.$/],
    [{ model: 'two words' }, /^The model /],
    [{ prompt: 'nowhere.md' }, /^No such file: nowhere\.md\.$/],
    [
      { prompt: file('module2/package.json') },
      /a prompt begins with front matter that has agent and version\.$/,
    ],
    [
      { prompt: file('module2/prompts/lean-planner.md') },
      /is a prompt of LeanPlanner, and the step is PlanEvaluator's\.$/,
    ],
  ])('is refused in a sentence: %j', async (options, sentence) => {
    await expect(changed(options)).rejects.toThrow(sentence);
  });
});

test('A prompt that was copied from a trace, and had a secret in it, is refused.', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'agento-replay-'));
  try {
    const prompt = path.join(folder, 'copied.md');
    const head = '---\nagent: PlanEvaluator\nversion: 9.0.0\n---\n# PlanEvaluator\n';
    await writeFile(prompt, `${head}Our key is ${redactedMark}.\n`);
    await expect(changed({ prompt })).rejects.toThrow(
      `${prompt} has ${redactedMark} in it, which must not be shown to a model.`,
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('What would be too long for a module is refused before it starts.', () => {
  const call = (key: string): ReplayedCall => ({
    key,
    span: { trace_id: 'a'.repeat(32), span_id: 'b'.repeat(16) },
    answer: { content: 'x'.repeat(limits.body - 2_000), finish_reason: 'stop', model: 'm', provider: 'p' },
  });
  const input = (key: string, goal: string) => ({
    goal,
    replay: { run_id: run.run_id, from: plan.from, calls: [call(key)] },
  });
  const first = 'm1/search_agent/SearchAgent';
  const last = 'm5/quality_check/QualityChecker/p1';

  expect(() => checkSizes(input(first, 'g'), run)).not.toThrow();
  expect(() => checkSizes(input(first, 'g'.repeat(2_000)), run)).toThrow(
    /Module 1 would get about \d+ bytes/,
  );
  expect(() => checkSizes(input(last, 'g'), run)).toThrow(
    /Module \d would get about \d+ bytes, and takes 1048576/,
  );
});

test('The journals of all modules, in each attempt they worked in, are read from the first one; without an answer there is none.', async () => {
  const call = (key: string): ReplayedCall => ({
    key,
    request: 'c'.repeat(64),
    span: { trace_id: 'a'.repeat(32), span_id: 'b'.repeat(16) },
    answer: { content: '{}', finish_reason: 'stop', model: 'm', provider: 'p' },
  });
  const [one, two] = [call('m1/search_agent/SearchAgent'), call('m2/plan_evaluation/PlanEvaluator')];
  const again = call('m2/plan_evaluation/PlanEvaluator');
  const part = (module: number, calls: ReplayedCall[], run_attempt = 1) => ({
    run_id: 'r',
    run_attempt,
    module,
    goal: 'g',
    calls,
  });
  const modules = [{ attempt: 1 }, { attempt: 2 }, { attempt: 2 }];
  const asked: string[] = [];
  const url = await serving((request, response) => {
    asked.push(`${request.url} ${request.headers.authorization}`);
    const answer = request.url?.endsWith('attempt=1')
      ? { ...part(1, [one]), later: part(2, [two]) }
      : part(2, [again], 2);
    response.end(JSON.stringify(answer));
  });

  expect(
    await keptJournal(url, { run_id: 'r', modules }, { AGENTO_API_KEY: 'key-of-the-tests-caller' }),
  ).toEqual({
    goal: 'g',
    calls: [
      { attempt: 1, call: one },
      { attempt: 1, call: two },
      { attempt: 2, call: again },
    ],
  });
  expect(asked.sort()).toEqual(
    [1, 2].map((attempt) => `/runs/r/journal?attempt=${attempt} Bearer key-of-the-tests-caller`),
  );
  const why = async ({ url }: { url: string }) => {
    const kept = await keptJournal(url, { run_id: 'r', modules }, {});
    return 'why' in kept && kept.why.replace(url, '(url)');
  };
  expect(await why(await serve(404, '{}'))).toBe('the services at (url) do not know the run');
  expect(await why(await serve(401, '{}'))).toBe('the services at (url) want a key: set AGENTO_API_KEY');
  expect(await why(await serve(200, '{}'))).toBe('what answers at (url) has no journals of runs');
  expect(await why({ url: await nowhere() })).toBe(
    "no services answer at (url) that could have it in the run's journal",
  );
});

test('What is asked anew is priced for the model that is asked.', () => {
  const { terminal } = testTerminal();
  const text = previewOf(run, plan, { model: 'large-1' }, styleOf(terminal.stdout, terminal.env), () => 0.25);

  expect(text).toMatch(/Asked anew {2}m2\/plan_evaluation\/PlanEvaluator: 1 model call, .*, \$0\.2500\n/);
  expect(text).toContain('Changed     model large-1\n');
});

test('Of several runs in a file one has to be named, and has to be there.', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'agento-replay-'));
  try {
    const both = path.join(folder, 'both.jsonl');
    await writeFile(both, `${recordedText()}\n${recordedSummerText()}`);
    const replay = (...more: string[]) => agento(['replay', both, '--from', 'plan_evaluation', ...more]);

    expect(await replay()).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/^✖ The trace holds 2 runs: name one by its id, .* \(--run\)\.\n$/),
    });
    expect(await replay('--run', 'ffff')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('The trace holds 2 runs'),
    });
    const there = await replay('--run', '7be0', '--url', 'http://127.0.0.1:1');
    expect(there.stdout).toContain('Replay of run 7be0e179-');
    expect(there.exitCode).toBe(3);
  } finally {
    await rm(folder, { recursive: true });
  }
});
