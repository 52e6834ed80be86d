import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  recordedAskedAgain,
  recordedSummerText,
  recordedText,
  recordedWithShare,
} from '@agento/evidence/recorded';
import { root } from '@agento/files/home';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../src/run.ts';
import { startJaeger } from './jaeger.ts';
import { agento, testTerminal } from './test-terminal.ts';

const traceId = 'caf44cc231bfc0e4aaa8aea3a11f3a74';
const runId = '7be0e179-6467-4b85-abad-dc729025edb9';
const text = recordedText();
let folder: string;
/** A data folder with two runs, to be compared. */
let pair: string;
let env: { AGENTO_DATA_DIR: string };
let jaeger: Awaited<ReturnType<typeof startJaeger>>;
const asked = (...words: string[]) => agento(words, { env });

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'agento-look-'));
  env = { AGENTO_DATA_DIR: folder };
  await mkdir(path.join(folder, 'traces'));
  await mkdir(path.join(folder, 'runs', runId), { recursive: true });
  await writeFile(path.join(folder, 'traces', `${traceId}.jsonl`), text);
  await writeFile(
    path.join(folder, 'runs', runId, 'module1_output.json'),
    JSON.stringify({ run_id: runId, trace_metadata: { trace_id: traceId } }),
  );
  pair = await mkdtemp(path.join(tmpdir(), 'agento-pair-'));
  await mkdir(path.join(pair, 'traces'));
  await writeFile(path.join(pair, 'traces', `${traceId}.jsonl`), text);
  await writeFile(path.join(pair, 'traces', '10899e2794d5010bd8fb82b9332988fe.jsonl'), recordedSummerText());
  // Two sets of runs, in which only what the quality check found is another.
  for (const [name, shares] of Object.entries({
    'old-prompts': [0.8, 0.8, 0.6, 0.8, 0.6],
    'new-prompts': [1, 1, 0.9, 1, 1],
  })) {
    await mkdir(path.join(pair, name));
    for (const [index, share] of shares.entries()) {
      await writeFile(path.join(pair, name, `${index}.jsonl`), recordedWithShare(index, share));
    }
  }
  // A run in which all answers of one agent were asked for again.
  await mkdir(path.join(pair, 'malformed'));
  await writeFile(path.join(pair, 'malformed', '0.jsonl'), recordedAskedAgain('ItemExpander'));
  jaeger = await startJaeger(text, traceId);
});
afterAll(async () => {
  jaeger.close();
  await rm(folder, { recursive: true });
  await rm(pair, { recursive: true });
});

describe.each([
  ['docs/evidence.md', null],
  ['docs/questions.md', null],
  ['README.md', 'Questions the trace answers'],
])('%s', async (file, heading) => {
  const page = await readFile(path.join(root, file), 'utf8');
  const section = heading === null ? page : page.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0];
  // A statement in quotation marks may have several lines.
  const blocks = [
    ...(section ?? '').matchAll(/^```\n\$ pnpm agento ((?:[^"\n]|"[^"]*")+)\n([\s\S]*?)^```$/gm),
  ];

  test.each(
    blocks.map(([, command = '', output = '']) => [command.split('\n')[0], command, output] as const),
  )('shows what `agento %s` prints', async (_, command, output) => {
    const words = [...command.matchAll(/"([^"]*)"|(\S+)/g)]
      .map(([, quoted, bare]) => quoted ?? bare ?? '')
      .map((word) => (word.endsWith('/') ? path.join(pair, word) : word));
    const place = await placeOf(file, words);
    const { stdout, exitCode } = await agento(words, { env: place });

    const pattern = output
      .trimEnd()
      .split('\n')
      .map((line) => (line === '…' ? '(?:.*\n)*?' : `${line.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}\n`))
      .join('');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(new RegExp(`^${pattern}${output.trimEnd().endsWith('\n…') ? '' : '\n*$'}`));
  });

  test('has them', () => expect(blocks.length).toBeGreaterThan(3));
});

/** The data folder that a page's command is about; a critic's own trace has no place among the runs. */
async function placeOf(file: string, [verb]: string[]): Promise<{ AGENTO_DATA_DIR: string }> {
  if (verb === 'critique') return { AGENTO_DATA_DIR: await mkdtemp(path.join(folder, 'critique-')) };
  return file === 'docs/evidence.md' && verb !== 'compare' ? env : { AGENTO_DATA_DIR: pair };
}

describe('runs', () => {
  test('lists what is in the data folder, each run once', async () => {
    expect(await asked('runs')).toEqual({
      exitCode: 0,
      stderr: '',
      stdout:
        'began (UTC)       run       outcome  score  calls  tokens     cost    time  goal\n' +
        '2026-11-28 16:22  7be0e179  held       0.8     68    160k  unknown  741 ms  Open a repair café in a small town\n',
    });
  });

  test('prints them whole as JSON, the same from Jaeger, from a folder of traces and from a file', async () => {
    const { stdout } = await asked('runs', '--json');

    expect(JSON.parse(stdout)).toEqual([
      expect.objectContaining({
        run_id: runId,
        trace_id: traceId,
        session_id: 'town',
        goal: 'Open a repair café in a small town',
        outcome: 'held',
        score: 0.8,
        models: ['agento-offline-1'],
        calls: 68,
        cost_usd: null,
        is_complete: true,
      }),
    ]);
    expect((await asked('runs', '--json', '--jaeger', jaeger.url)).stdout).toBe(stdout);
    expect((await asked('runs', '--json', path.join(folder, 'traces'))).stdout).toBe(stdout);
    expect((await asked('runs', '--json', path.join(folder, 'traces', `${traceId}.jsonl`))).stdout).toBe(
      stdout,
    );
  });

  test('can be narrowed, and says where none is left', async () => {
    for (const filter of [
      ['--goal', 'REPAIR'],
      ['--session', 'town'],
      ['--outcome', 'held'],
      ['--since', '2026-11-28'],
    ]) {
      expect((await asked('runs', ...filter)).exitCode).toBe(0);
    }
    expect(await asked('runs', '--outcome', 'failed')).toEqual({
      exitCode: 3,
      stdout: '',
      stderr: `✖ Of one run in ${folder} none is like that.\n`,
    });
    expect((await asked('runs', '--since', 'yesterday')).stderr).toContain(
      'It must be a date, a time, or 30m, 12h, 7d.',
    );
  });

  test('tells a run by its outputs where its trace is elsewhere', async () => {
    const other = await mkdtemp(path.join(tmpdir(), 'agento-outputs-'));
    const place = path.join(other, 'runs', runId);
    await mkdir(place, { recursive: true });
    const output = {
      run_id: runId,
      goal: 'Open a repair café',
      trace_metadata: { trace_id: traceId },
      usage: [{ calls: 3, input_tokens: 30, output_tokens: 12, cost_usd: 0.25 }],
    };
    await writeFile(path.join(place, 'module1_output.json'), JSON.stringify(output));

    const { stdout } = await agento(['runs'], { env: { AGENTO_DATA_DIR: other } });
    await rm(other, { recursive: true });

    expect(stdout.split('\n')[1]).toMatch(
      /7be0e179 {2}after module 1 +– +3 +42 {2}\$0\.2500 {2}no trace {2}Open a repair café$/,
    );
  });

  test('says of an empty folder, and of one that is not there, what makes a run', async () => {
    const empty = await mkdtemp(path.join(tmpdir(), 'agento-empty-'));
    const [there, nowhere] = [await agento(['runs', empty]), await agento(['runs', path.join(empty, 'no')])];
    await rm(empty, { recursive: true });

    expect([there.exitCode, nowhere.exitCode]).toEqual([3, 3]);
    expect(there.stderr).toBe(
      `✖ No runs in ${empty}.\n→ \`pnpm start "<goal>"\` makes one; a file or folder of traces, or --jaeger, can be named.\n`,
    );
    expect(nowhere.stderr).toContain('No such file: ');
  });
});

describe('show', () => {
  test.each([
    ['run', runId],
    ['trace', traceId],
    ['beginning of a run', '7be0'],
    ['beginning of a trace', 'caf44'],
  ])('takes the id of a %s, and gives the same from Jaeger', async (_name, id) => {
    const here = await asked('show', id, 'p3-i2');
    expect(here.exitCode).toBe(0);
    expect(here.stdout).toContain('\nFinal text (p3-i2-a2)\n');
    const there = await agento(['show', id, 'p3-i2', '--jaeger', jaeger.url], {
      env: { AGENTO_DATA_DIR: '/nowhere' },
    });
    expect(there).toEqual(here);
  });

  test('takes how a run’s id begins where its trace is all there is of it', async () => {
    const other = await mkdtemp(path.join(tmpdir(), 'agento-traces-'));
    await mkdir(path.join(other, 'traces'));
    await writeFile(path.join(other, 'traces', `${traceId}.jsonl`), text);
    const shown = await agento(['show', '7be0', 'k3'], { env: { AGENTO_DATA_DIR: other } });
    await rm(other, { recursive: true });

    expect(shown.stdout.split('\n').slice(0, 2)).toEqual([
      'constraint k3',
      'The café must be open by 1 June.',
    ]);
  });

  test('prints a step as JSON with what it links to and what links to it, and as Markdown', async () => {
    const { stdout } = await asked('show', '7be0', 'plan_selection', '--json');
    const shown = JSON.parse(stdout);

    expect(shown).toMatchObject({
      run_id: runId,
      kind: 'step',
      step: { name: 'plan_selection', agent: 'PlanGenerator' },
      decision: { kind: 'plan_selection', chosen: ['p3'], margin: 0.01 },
      links: { from: [{ relationship: 'scores' }] },
    });
    expect(shown.links.to).toHaveLength(6);
    expect((await asked('show', '7be0', 'plan_selection', '--md')).stdout).toMatch(/^# plan_selection p3\n/);
    expect((await asked('show', '7be0', '--md', '--json')).exitCode).toBe(2);
  });

  test('is paged on a terminal through $PAGER, and not where that is empty', async () => {
    const { terminal, written } = testTerminal({ env });
    terminal.stdout.isTTY = true;
    const pages = path.join(folder, 'pages.txt');

    expect(
      await run(['show', '7be0', 'c3'], {
        ...terminal,
        env: { ...terminal.env, NO_COLOR: '1', PAGER: `cat > ${pages}` },
      }),
    ).toBe(0);
    const paged = await readFile(pages, 'utf8');
    expect([written.stdout, paged.startsWith('criterion c3\n')]).toEqual(['', true]);

    await run(['show', '7be0', 'c3'], { ...terminal, env: { ...terminal.env, NO_COLOR: '1', PAGER: '' } });
    expect(written.stdout).toBe(paged);
  });

  test('of what is not in the run lists what there is', async () => {
    const { exitCode, stdout, stderr } = await asked('show', '7be0', 'p9');

    expect([exitCode, stdout]).toEqual([3, '']);
    expect(stderr).toMatch(/^✖ Nothing in this run is “p9”\. There are\n {2}steps: search_agent, /);
  });

  test('of a file of several runs asks which, and takes one by how its id begins', async () => {
    const both = path.join(folder, 'both.jsonl');
    const other = text
      .replaceAll(traceId, '0af7651916cd43dd8448eb211c80319c')
      .replaceAll(runId, '0190a3c2-7f1e-7c3a-9d35-0242ac120003');
    await writeFile(both, text + other);

    const asked = await agento(['show', both]);
    expect(asked.exitCode).toBe(2);
    expect(asked.stderr).toBe(
      `✖ ${both} holds several runs. There are\n` +
        `  ${runId}  2026-11-28T16:22  Open a repair café in a small town\n` +
        '  0190a3c2-7f1e-7c3a-9d35-0242ac120003  2026-11-28T16:22  Open a repair café in a small town\n' +
        '→ Name one with --run <id>.\n',
    );
    expect((await agento(['show', both, '--run', '0190'])).stdout).toContain(
      '0af7651916cd43dd8448eb211c80319c',
    );
    expect((await agento(['show', both, '--run', '9999'])).exitCode).toBe(3);
  });

  test('of a foreign trace says that there is no run, of a broken file what is missing', async () => {
    const foreign = path.join(folder, 'foreign.json');
    const span = { traceId, spanId: '00f067aa0ba902b7', name: 'GET /cart' };
    await writeFile(foreign, JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }));
    const broken = path.join(folder, 'broken.json');
    await writeFile(broken, text.slice(0, 200_000));

    expect((await agento(['show', foreign])).stderr).toBe(
      `✖ ${foreign} holds 1 span but none of Agento's modules: there is no run to read, \`pnpm agento trace\` shows what there is\n`,
    );
    expect((await agento(['show', broken])).stdout).toMatch(
      /^evidence {2}incomplete: run_module_1 calls module 2, run_module_2 is not here; line \d+ is not\s+TracesData/m,
    );
  });

  test('of an attempt that there is none of says which there are', async () => {
    expect((await asked('show', '7be0', '--attempt', '4')).stderr).toBe(
      '✖ The run has no attempt 4. There are 1.\n',
    );
  });
});

describe('why', () => {
  test('is the same from Jaeger, as text, JSON and Markdown', async () => {
    for (const form of [[], ['--json'], ['--md']]) {
      const here = await asked('why', '7be0', 'p3-i2-a2', ...form);
      expect(here.exitCode).toBe(0);
      expect(await asked('why', traceId, 'p3-i2-a2', ...form, '--jaeger', jaeger.url)).toEqual(here);
    }
  });

  test('says of an unknown id what there is, of several steps which, of a passage nobody wrote that', async () => {
    const unknown = await asked('why', '7be0', 'c99');
    expect(unknown.exitCode).toBe(3);
    expect(unknown.stderr).toContain('✖ Nothing in this run is “c99”. There are');
    expect(unknown.stderr).toContain('  criteria: c1, c2, c3, c4, c5, c6, c7, c8\n');
    expect((await asked('why', '7be0', 'ItemEvaluator')).stderr).toContain(
      '✖ 30 steps are that; name one by its span:\n',
    );
    expect(await asked('why', '7be0', '--text', 'Unicorns dance')).toEqual({
      exitCode: 3,
      stdout: '',
      stderr: '✖ No text in this run says that.\n',
    });
    expect((await asked('why', '7be0')).stderr).toBe(
      '✖ Name what is asked about: an id, a span, or --text.\n',
    );
  });
});

test('trace is the same from Jaeger, and takes modules, items and reasons', async () => {
  const here = await asked('trace', traceId, '--module', '2', '--module', '5', '--why');

  expect(here.stdout).toContain('not p1: mean score 0.598, 0.01 below p3');
  expect(here.stdout).not.toContain('run_module_3');
  expect(
    await asked('trace', traceId, '--module', '2', '--module', '5', '--why', '--jaeger', jaeger.url),
  ).toEqual(here);
});

describe('why', () => {
  const other = '0af7651916cd43dd8448eb211c80319c';
  /** The trace, with its calls linked to those of another. */
  const linked = text.replaceAll(
    /"name": ?"chat [^"]*"/g,
    (name) =>
      `${name},"links":[{"traceId":"${other}","spanId":"2058be2f60fd9720","attributes":[{"key":"relationship","value":{"stringValue":"replayed_from"}}]}]`,
  );

  test('shows the nearest links, and as many as are asked for', async () => {
    const usual = await asked('why', runId, 'p3-i2-a2');
    const lines = (output: string) => output.split('\n').filter((line) => /^ {2}\d+ {2}/.test(line)).length;

    expect(usual.stdout).toContain('  … and 13 more links, further back: --depth all\n');
    expect(lines(usual.stdout)).toBe(17);
    expect(lines((await asked('why', runId, 'p3-i2-a2', '--depth', 'all')).stdout)).toBe(30);
    expect(lines((await asked('why', runId, 'p3-i2-a2', '--depth', '0')).stdout)).toBe(2);
    expect(JSON.parse((await asked('why', runId, 'p3-i2-a2', '--json')).stdout).links).toHaveLength(30);
    expect((await asked('why', runId, 'p3-i2-a2', '--depth', 'many')).exitCode).toBe(2);
  });

  test('goes on into the trace it links to where that is named, and says where it may lie where it is not', async () => {
    const place = await mkdtemp(path.join(tmpdir(), 'agento-linked-'));
    const [replay, origin] = [path.join(place, 'replay.jsonl'), path.join(place, 'origin.jsonl')];
    await writeFile(replay, linked);
    await writeFile(origin, text.replaceAll(traceId, other));
    const alone = await asked('why', replay, 'plan_selection');
    const both = await asked('why', replay, 'plan_selection', '--from', origin);

    expect(alone.stdout).toMatch(/! trace 0af7651916cd43dd8448eb211c80319c, linked to as replayed_from /);
    expect(both.stdout).not.toContain('! trace');
    expect(both.stdout).toContain(`\`why ${other} <span>\` goes on there.`);
    expect((await asked('why', replay, 'plan_selection', '--from', place)).stdout).toBe(both.stdout);
    expect(await asked('why', replay, 'plan_selection', '--from', path.join(place, 'nowhere'))).toEqual({
      exitCode: 3,
      stdout: '',
      stderr: `✖ No such file: ${path.join(place, 'nowhere')}.\n`,
    });
    await rm(place, { recursive: true });
  });
});
