import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { eventually } from '@agento/chain';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { filesBelow, machinesNode, processesIn, type Started, type Stranger, stranger } from './stranger.ts';

const root = path.resolve(import.meta.dirname, '../..');
const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

/** The tarball, made once. */
let tarball = '';
beforeAll(() => {
  const packed = execFileSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', 'packages/cli/pack/product.ts'],
    { cwd: root, encoding: 'utf8' },
  );
  tarball = packed.trim().split('\n').at(-1) ?? '';
});

const own = machinesNode();
const machines = execFileSync(path.join(own, 'node'), ['--version'], { encoding: 'utf8' }).trim();
const workspaces = process.version;

/** The Node that npm and npx run with. With an older one Agento goes on with the Node that it brings. */
const nodes = [
  { version: machines, folders: [own] },
  ...(workspaces === machines
    ? []
    : [{ version: workspaces, folders: [path.dirname(process.execPath), own] }]),
];

describe.each(nodes)('With npm and Node $version alone', ({ version, folders }) => {
  let her: Stranger;
  let installed: Map<string, number>;
  let system: Started;
  let page = '';

  beforeAll(async () => {
    her = stranger(folders);
    // Nothing that is installed may need a script to run.
    await her.run(
      'npm',
      'install',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
      tarball,
    );
    installed = filesBelow(path.join(her.folder, 'node_modules'));
    const all = [...installed.values()].reduce((sum, size) => sum + size, 0);
    console.log(`${version}: tarball ${megabytes(statSync(tarball).size)}, installed ${megabytes(all)}`);
    system = her.start('npx', '@agento/cli', 'start', '--port-base', '0');
    await eventually(async () => (/Ctrl-C/.test(system.output()) ? true : null), 'start').catch(
      (error: unknown) => {
        throw new Error(`start printed only:\n${system.output()}`, { cause: error });
      },
    );
    page = /^ +page +(\S+)/m.exec(system.output())?.[1] ?? '';
  });

  afterAll(() => {
    system.process.kill('SIGKILL');
    her.leave();
  });

  test('start brings up the five services, names the page first, and keeps its data in the folder it was started in', () => {
    const lines = system.output().split('\n');
    expect(lines.findIndex((line) => line.includes('  page '))).toBe(2);
    expect(lines.filter((line) => /^ {2}module[1-5] /.test(line))).toHaveLength(5);
    expect(system.output()).toContain(`  data      ${path.join(her.folder, 'data')}\n`);
  });

  test('The page is served, with its script', async () => {
    const html = await (await fetch(page)).text();
    const [, script = ''] = /src="([^"]+\.js)"/.exec(html) ?? [];
    const answer = await fetch(new URL(script, page));
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      200,
      expect.stringContaining('javascript'),
    ]);
  });

  test('A goal becomes a plan, whose trace answers what is asked of it', async () => {
    const answer = await fetch(`${page}/run`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ goal: 'Open a repair café in a small town' }),
    });
    expect(answer.status).toBe(200);
    const output = (await answer.json()) as {
      run_id: string;
      trace_metadata: { trace_id: string };
    };
    const id = output.trace_metadata.trace_id;
    const ask = (...words: string[]) => her.run('npx', '@agento/cli', ...words);
    await eventually(() => ask('validate', id), 'the whole trace');
    expect(existsSync(path.join(her.folder, 'data', 'traces', `${id}.jsonl`))).toBe(true);
    expect(await ask('trace', id)).toMatch(/5 services.*\n\nrun_module_1 /s);
    const sentence = 'Say what the purpose of the repair café is';
    const plan = readFileSync(path.join(her.folder, 'data', 'runs', output.run_id, 'final_plan.md'), 'utf8');
    expect(plan).toContain(sentence);
    expect(await ask('why', output.run_id, '--text', sentence)).toMatch(
      /evidence +complete.*Back to the goal/s,
    );
    expect(await ask('sql', '--csv', 'SELECT count(*) AS runs FROM runs')).toBe('runs\n1\n');
    expect(await ask('audit', id)).toMatch(/^1 run: /);
  });

  test('Printed commands name the package, and nothing is written beside the code', async () => {
    expect(system.output()).toContain('  npx @agento/cli trace <trace id>\n');
    expect(filesBelow(path.join(her.folder, 'node_modules'))).toEqual(installed);
  });

  test('SIGTERM stops everything, and no process is left', async () => {
    system.process.kill('SIGTERM');
    await system.ended;
    await eventually(
      async () => (processesIn(her.folder).length === 0 ? true : null),
      'the end of all processes',
    );
    await expect(fetch(page)).rejects.toThrow('fetch failed');
  });

  test('The program alone goes on with the Node it needs, and ends as that does', async () => {
    const receiver = her.start('node_modules/.bin/agento', 'receive', '--port', '0');
    await eventually(async () => (receiver.output().includes('http') ? true : null), 'the receiver');
    receiver.process.kill('SIGTERM');
    expect([await receiver.ended, receiver.output()]).toEqual([130, expect.not.stringContaining('Node')]);
  });
});
