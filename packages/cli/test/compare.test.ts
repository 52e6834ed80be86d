import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { recordedAgainText, recordedSummerText, recordedText } from '@agento/evidence/recorded';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startJaeger } from './jaeger.ts';
import { agento } from './test-terminal.ts';

const text = recordedText();
const traceId = 'caf44cc231bfc0e4aaa8aea3a11f3a74';
let folder: string;
const file = (name: string) => path.join(folder, name);
const asked = (...words: string[]) => agento(['compare', ...words], { env: { AGENTO_DATA_DIR: folder } });

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'agento-compare-'));
  await mkdir(file('empty'));
  await writeFile(file('first.jsonl'), text);
  await writeFile(file('again.jsonl'), recordedAgainText());
  await writeFile(file('summer.jsonl'), recordedSummerText());
  await writeFile(file('both.jsonl'), text + recordedAgainText());
});
afterAll(() => rm(folder, { recursive: true }));

/** The recorded run again, with this in place of that in every span. */
async function altered(name: string, change: (text: string) => string): Promise<string> {
  await writeFile(file(name), change(recordedAgainText()));
  return file(name);
}

describe('two runs', () => {
  test('that differ in ids and times alone are said to be the same in one line', async () => {
    expect(await asked(file('first.jsonl'), file('again.jsonl'))).toEqual({
      exitCode: 0,
      stderr: '',
      stdout:
        'The same but for ids and times (68 steps)\n' +
        'before  7be0e179-6467-4b85-abad-dc729025edb9, 68 calls, 741 ms\n' +
        'now     0190a3c2-7f1e-7c3a-9d35-0242ac120003, 68 calls, 741 ms\n',
    });
  });

  test('one of which comes from Jaeger, or from a file of several, are compared the same', async () => {
    const jaeger = await startJaeger(text, traceId);
    const here = await asked(file('first.jsonl'), file('first.jsonl'));
    expect(here.stdout).toMatch(/^No difference: both are the same run/);
    expect(await asked(traceId, traceId, '--jaeger', jaeger.url)).toEqual(here);
    jaeger.close();

    const both = file('both.jsonl');
    expect((await asked(`${both}#7be0`, `${both}#0190`)).stdout).toMatch(/^The same but for ids and times/);
    expect(await asked(both, file('first.jsonl'))).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: expect.stringMatching(
        /holds several runs\. There are\n {2}0190.*\n {2}7be0.*\n→ Name one as .*both\.jsonl#<the beginning of its id>\.\n$/,
      ),
    });
  });

  test('that differ are told apart as JSON and as Markdown, with every entry', async () => {
    const { stdout, exitCode } = await asked(file('first.jsonl'), file('summer.jsonl'), '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      kind: 'runs',
      is_same: false,
      first_step: { key: 'm1/search_agent/SearchAgent', how: 'asked otherwise', asked: ['input'] },
      first_decision: {
        key: 'criteria_selection',
        change: 'choice',
        followed: { decisions: ['attempt_acceptance p3-i3'] },
      },
    });
    const markdown = await asked(file('first.jsonl'), file('summer.jsonl'), '--md');
    expect(markdown.stdout).toMatch(/^# Different: 2 decisions, 49 verdicts, 10 texts; both held 0\.8\n/);
    expect(markdown.stdout).not.toMatch(/and \d+ more \(/);
    expect(markdown.stdout).toContain('{+the summer+}');
  });

  test('with another prompt are compared by its words, and the steps that had it are named', async () => {
    const other = await altered('prompt.jsonl', (text) =>
      text
        .replaceAll('83bb9b15ddaca11085f0f3280f9679a8ad178b4d58f4ec6d3b99ac9d7c537d71', 'a'.repeat(64))
        .replaceAll('You are an impartial assessor of plans.', 'You are a lenient assessor of plans.'),
    );
    const { stdout } = await asked(file('first.jsonl'), other);

    expect(stdout).toMatch(/^Different: requests and answers; both held 0\.8\n/);
    expect(stdout).toContain(
      'm2/plan_evaluation/PlanEvaluator was asked otherwise (another prompt), and answered the same',
    );
    expect(stdout).toContain('Prompt of PlanEvaluator, 2.0.0 83bb9b15ddac → 2.0.0 aaaaaaaaaaaa\n');
    expect(stdout).toContain('You are [-an impartial-]{+a lenient+} assessor of plans.');
  });

  test('of which one is a replay are told with what was asked anew', async () => {
    const replay = await altered('replay.jsonl', (text) =>
      text.replaceAll(
        /\{"key": ?"agento\.call\.key","value": ?\{"stringValue": ?"(?!m2\/plan_evaluation)[^"]*"\}\}/g,
        (attribute) => `${attribute},{"key":"agento.replayed","value":{"boolValue":true}}`,
      ),
    );
    const { stdout } = await asked(file('first.jsonl'), replay);

    expect(stdout).toMatch(/^The same but for ids and times \(68 steps\)\n/);
    expect(stdout).toContain(
      'replay  now: 67 answers taken from a recorded run; asked anew: m2/plan_evaluation/PlanEvaluator\n',
    );
    expect(stdout).toMatch(/^all +68 → 1 /m);
  });

  test('without content are compared by what is left, and that is said', async () => {
    const bare = await altered('bare.jsonl', (text) =>
      text.replaceAll(
        /\{"key": ?"ai\.(?:prompt|response)","value": ?\{"stringValue": ?"(?:[^"\\]|\\.)*"\}\},?/g,
        '',
      ),
    );
    const { stdout } = await asked(file('first.jsonl'), bare);

    expect(stdout).toMatch(/^The same but for ids and times, as far as both traces tell \(68 steps\)\n/);
  });

  test('that are not there, or are no runs, get a sentence', async () => {
    await writeFile(
      file('foreign.json'),
      JSON.stringify({
        resourceSpans: [
          { scopeSpans: [{ spans: [{ traceId, spanId: '00f067aa0ba902b7', name: 'GET /cart' }] }] },
        ],
      }),
    );
    expect((await asked(file('first.jsonl'), file('foreign.json'))).stderr).toBe(
      `✖ ${file('foreign.json')} holds 1 span but none of Agento's modules: there is no run to read, \`pnpm agento trace\` shows what there is\n`,
    );
    expect(await asked(file('first.jsonl'), 'ffff')).toMatchObject({
      exitCode: 3,
      stdout: '',
      stderr: '✖ ffff is not a trace id, a run id, the beginning of one or a file\n',
    });
    expect((await asked(file('first.jsonl'), file('again.jsonl'), '--json', '--md')).exitCode).toBe(2);
  });
});

describe('two sets of runs', () => {
  test('are the same in one line where only ids and times differ, as folders, as lists, and as one run against a list', async () => {
    await mkdir(file('set'));
    await writeFile(path.join(file('set'), 'one.jsonl'), text);
    await writeFile(path.join(file('set'), 'two.jsonl'), recordedAgainText());
    const list = `${file('first.jsonl')},${file('again.jsonl')}`;

    const { stdout, exitCode } = await asked(file('set'), list);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^No difference: both sets are the same 2 runs\n/);
    expect((await asked(file('first.jsonl'), list)).stdout).toMatch(
      /^1 run before, 2 now: the same but for ids and times\n/,
    );
    expect(JSON.parse((await asked(file('set'), list, '--json')).stdout)).toMatchObject({
      kind: 'sets',
      goals: [{ goal: 'Open a repair café in a small town', before: 2, now: 2 }],
      choices: [],
      prompts: [],
    });
  });

  test('without a goal in both are described, and nothing is tested', async () => {
    const { stdout } = await asked(file('first.jsonl'), `${file('summer.jsonl')},${file('summer.jsonl')}`);

    expect(stdout).toMatch(/^1 run before, 2 now: no goal, with the same context, is in both\n/);
    expect(stdout).toContain('No goal, with the same context, is in both sets: nothing is tested.\n');
    expect(stdout).toContain('“Open a repair café in a small town (with another context)”');
  });

  test('one of which is an empty folder get a sentence', async () => {
    expect(await asked(file('empty'), file('first.jsonl'))).toEqual({
      exitCode: 3,
      stdout: '',
      stderr:
        `✖ There is no run in ${file('empty')}: none of its files, nor of its traces/, has one.\n` +
        `→ \`pnpm agento runs ${file('empty')}\` lists what there is.\n`,
    });
  });
});

describe('attempts at a run', () => {
  const runId = '7be0e179-6467-4b85-abad-dc729025edb9';
  const later = '0af7651916cd43dd8448eb211c803193';
  /** The second attempt at the recorded run, in a trace of its own. */
  const second = recordedAgainText()
    .replaceAll('0190a3c2-7f1e-7c3a-9d35-0242ac120003', runId)
    .replaceAll(/("agento\.run\.attempt","value":\{"intValue":)"1"/g, '$1"2"');

  beforeAll(async () => {
    const attempt = file(`runs/${runId}/attempts/2`);
    await mkdir(attempt, { recursive: true });
    await mkdir(file('traces'));
    for (const [place, trace_id, spans] of [
      [file(`runs/${runId}`), traceId, text],
      [attempt, later, second],
    ] as const) {
      await writeFile(
        path.join(place, 'module1_output.json'),
        JSON.stringify({ trace_metadata: { trace_id } }),
      );
      await writeFile(file(`traces/${trace_id}.jsonl`), spans);
    }
  });

  test('are read from the traces of all of them, and compared with each other', async () => {
    const { stdout, exitCode } = await asked(runId, '7be0', '--attempt', '1,2');

    expect(exitCode).toBe(0);
    expect(stdout).toBe(
      'The same but for ids and times (68 steps)\n' +
        `before  ${runId}, attempt 1 of 1, 2 (--attempt), 68 calls, 741 ms\n` +
        `now     ${runId}, attempt 2 of 1, 2 (--attempt), 68 calls, 741 ms\n`,
    );
    expect((await asked(runId, runId)).stdout).toMatch(
      /^No difference: both are the same run .*\n.*attempt 2 of/,
    );
    expect((await asked(runId, runId, '--attempt', '1')).stdout).toMatch(
      /^No difference: .*\n.*attempt 1 of/,
    );
  });

  test('that are not there, or not numbers, are refused', async () => {
    expect(await asked(runId, runId, '--attempt', '1,3')).toEqual({
      exitCode: 3,
      stdout: '',
      stderr: '✖ The run has no attempt 3. There are 1, 2.\n',
    });
    for (const wrong of ['1,2,3', 'last', ',', '0']) {
      expect(await asked(runId, runId, '--attempt', wrong)).toMatchObject({ exitCode: 2, stdout: '' });
    }
    expect((await asked(file('traces'), file('empty'), '--attempt', '7')).stderr).toContain(
      `No run in ${file('traces')} has an attempt 7.`,
    );
  });

  test('of which one is spread over two traces: the larger part is read, and that is said', async () => {
    const halves = text.replaceAll(/^.*Agento-Module-[45].*$/gm, (line) => line.replaceAll(traceId, later));
    await writeFile(file('halves.jsonl'), halves);
    const shown = (...words: string[]) => agento(['show', file('halves.jsonl'), ...words]);

    expect((await shown('--json')).stdout).toContain(
      `69 spans of this attempt are in another trace, ${later}, and not shown here (--run)`,
    );
    expect((await shown('--run', later)).stdout).toMatch(new RegExp(`^trace +${later}$`, 'm'));
  });
});
