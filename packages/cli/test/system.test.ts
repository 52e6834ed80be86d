import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startChild } from '../src/system/child.ts';
import type { Watch } from '../src/system/keeper.ts';
import type { ProcessPlan, SystemPlan } from '../src/system/plan.ts';
import { choosePorts } from '../src/system/ports.ts';
import { untilReady } from '../src/system/ready.ts';
import { startSystem } from '../src/system/system.ts';

const script = path.join(import.meta.dirname, 'fixtures', 'process.ts');
const never = new AbortController().signal;
const quiet: Watch = { onEntry() {} };
let dataDir: string;
const ending: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'agento-system-'));
});
afterEach(async () => {
  for (const end of ending.splice(0)) await end();
  await rm(dataDir, { recursive: true });
});

function processPlan(name: string, port: number, ...manner: string[]): ProcessPlan {
  const url = `http://127.0.0.1:${port}`;
  const command = [script, String(port), ...manner];
  return { name, title: `the ${name}`, command, env: process.env, port, url, readyPath: '/readyz' };
}

/** A helper and a module that needs it, on free ports. */
async function smallSystem(
  ...manner: string[]
): Promise<SystemPlan & { helper: ProcessPlan; module: ProcessPlan }> {
  const ports = await choosePorts('127.0.0.1', 0, 0);
  const helper = processPlan('helper', ports.receiver, 'good');
  const module = processPlan('module1', ports.modules[0] ?? 0, ...manner);
  return {
    host: '127.0.0.1',
    dataDir,
    modules: [module],
    embedded: [helper],
    model: { name: 'm', url: '', offline: false },
    spanTarget: { url: null, embedded: false },
    shown: { model: '', spans: null },
    asksForKey: false,
    notes: [],
    helper,
    module,
  };
}

function isAlive(pid: number | undefined): boolean {
  try {
    return process.kill(pid ?? 0, 0);
  } catch {
    return false;
  }
}

test('A system is up when all of it is ready; warnings are shown, logs are kept, and a stop leaves no process', async () => {
  const warnings: string[] = [];
  const plan = await smallSystem('good');
  const system = await startSystem(plan, never, {
    onEntry: ({ name }, { warning }) => warning && warnings.push(`${name}: ${warning}`),
  });
  ending.push(system.stop);
  expect(await fetch(plan.module.url).then((answer) => answer.status)).toBe(200);
  await system.stop();
  expect(system.children().map(({ pid }) => isAlive(pid))).toEqual([false, false]);
  expect(warnings.toSorted()).toEqual(['helper: a warning', 'module1: a warning']);
  const log = path.join(system.logDirectory, 'module1.log');
  expect(await readFile(log, 'utf8')).toBe(
    `{"level":30,"msg":"listening on ${plan.module.port}"}\n{"level":40,"msg":"a warning"}\n`,
  );
  expect((await stat(log)).mode & 0o777).toBe(0o600);
});

test('Two systems on one data folder have logs of their own, and each tells of its own processes alone', async () => {
  const heard: string[][] = [[], []];
  const watches = heard.map(
    (lines): Watch => ({
      onEntry: ({ port }, { warning }) => warning && lines.push(`${warning} of ${port}`),
    }),
  );
  const plans = [await smallSystem('good'), await smallSystem('good')];
  const systems = [];
  for (const [place, watch] of watches.entries()) {
    const system = await startSystem(plans[place] as SystemPlan, never, watch);
    ending.push(system.stop);
    systems.push(system);
  }
  for (const { stop } of systems) await stop();

  expect(new Set(systems.map(({ logDirectory }) => logDirectory)).size).toBe(2);
  expect(heard.map((lines) => lines.toSorted())).toEqual(
    plans.map(({ helper, module }) => [helper, module].map(({ port }) => `a warning of ${port}`).toSorted()),
  );
});

test('What the modules need is still there while they stop', async () => {
  const plan = await smallSystem('good');
  plan.module.command.push(plan.helper.url);
  const system = await startSystem(plan, never, quiet);
  ending.push(system.stop);
  await system.stop();
  const log = await readFile(path.join(system.logDirectory, 'module1.log'), 'utf8');
  expect(log).toContain(`${plan.helper.url} answers 200`);
});

/** A system whose module dies when asked to; what it was told of the processes, and when it is ready again. */
async function mortalSystem(env: NodeJS.ProcessEnv = {}, watch: Partial<Watch> = {}) {
  const plan = await smallSystem('dies');
  plan.module.env = { ...process.env, DIED: path.join(dataDir, 'died'), ...env };
  const told: string[] = [];
  const back = Promise.withResolvers<void>();
  const system = await startSystem(plan, never, {
    onEntry() {},
    onDeath(process, how) {
      told.push(`${process.name} ${how}`);
      watch.onDeath?.(process, how);
    },
    onBack({ name }) {
      told.push(`${name} is back`);
      back.resolve();
    },
  });
  ending.push(system.stop);
  return { plan, system, told, back: back.promise };
}

const die = (url: string) => fetch(url).catch(() => {});

test('A process that dies is started again on its port, and told of when it died and when it is ready', async () => {
  const { plan, system, told, back } = await mortalSystem();
  const [helper, module] = system.children().map(({ pid }) => pid);
  await die(`${plan.module.url}/die`);
  await back;
  expect(await fetch(plan.module.url).then((answer) => answer.status)).toBe(200);
  expect(told).toEqual(['module1 exited with code 7', 'module1 is back']);
  const [sameHelper, anotherModule] = system.children().map(({ pid }) => pid);
  expect([sameHelper, anotherModule === module, isAlive(module)]).toEqual([helper, false, false]);
  await system.stop();
  expect(isAlive(anotherModule)).toBe(false);
});

test('A process that goes on dying is given up after five restarts', async () => {
  const { plan, system, told } = await mortalSystem({ AFTERWARDS: 'crashing' });
  await die(`${plan.module.url}/die`);
  await expect(system.fault).rejects.toMatchObject({
    exitCode: 1,
    message: 'module1 (the module1) exited with code 1, after 5 restarts within a minute',
    hint: `Its log: ${path.join(system.logDirectory, 'module1.log')}`,
  });
  expect(told).toEqual(['module1 exited with code 7', ...Array(4).fill('module1 exited with code 1')]);
}, 60_000);

test('A process that refuses its settings when it is started again is given up at once, with exit code 2', async () => {
  const { plan, system, told } = await mortalSystem({ AFTERWARDS: 'wrong-settings' });
  await die(`${plan.module.url}/die`);
  await expect(system.fault).rejects.toMatchObject({
    exitCode: 2,
    message: 'module1 (the module1) exited with code 2\n    LOG_LEVEL="loud": must be one of info, debug',
  });
  expect(told).toEqual(['module1 exited with code 7']);
});

test('Where another program has taken the port meanwhile it is waited for', async () => {
  const other = createServer();
  const { plan, told, back } = await mortalSystem(
    {},
    {
      onDeath({ port }, how) {
        if (how.includes('cannot be restarted')) other.close();
        else other.listen(port, '127.0.0.1');
      },
    },
  );
  await die(`${plan.module.url}/die`);
  await back;
  expect(told).toEqual([
    'module1 exited with code 7',
    `module1 cannot be restarted: port ${plan.module.port} is in use`,
    'module1 is back',
  ]);
});

test('A system that is stopped while a process is being started again leaves none', async () => {
  const stopped = Promise.withResolvers<void>();
  const { plan, system, told } = await mortalSystem(
    {},
    {
      onDeath: () => void system.stop().then(stopped.resolve, stopped.reject),
    },
  );
  await die(`${plan.module.url}/die`);
  await stopped.promise;
  expect(system.children().map(({ pid }) => isAlive(pid))).toEqual([false, false]);
  expect(told).toEqual(['module1 exited with code 7']);
});

test('What a dying process says is told without secrets and controls, and cut', async () => {
  const plan = await smallSystem('dies');
  plan.module.env = { ...process.env, OPENAI_API_KEY: 'sesame-open-4711' };
  const told: string[] = [];
  const back = Promise.withResolvers<void>();
  const system = await startSystem(plan, never, {
    onEntry: (_process, { warning }) => warning && told.push(warning),
    onBack: () => back.resolve(),
  });
  ending.push(system.stop);
  const said = [
    'key sesame-open-4711',
    '\u001b]0;owned\u0007\u009b2J',
    'x'.repeat(2_000),
    ...Array(60).fill('at y'),
  ];
  await die(`${plan.module.url}/die?${encodeURIComponent(said.join('\n'))}`);
  await back.promise;
  const log = path.join(system.logDirectory, 'module1.log');
  const shown = [
    'key ***REDACTED***',
    '\\u001b]0;owned\\u0007\\u009b2J',
    'x'.repeat(1_000),
    ...Array(47).fill('at y'),
  ];
  expect(told.filter((line) => line !== 'a warning' && line !== 'out of luck')).toEqual([
    ...shown,
    `… more in ${log}`,
  ]);
  expect(await readFile(log, 'utf8')).not.toContain('sesame-open-4711');
});

test('A process that refuses its settings ends the start with exit code 2, and the others with it', async () => {
  const plan = await smallSystem('wrong-settings');
  await expect(startSystem(plan, never, quiet)).rejects.toMatchObject({
    exitCode: 2,
    message: 'module1 (the module1) exited with code 2\n    LOG_LEVEL="loud": must be one of info, debug',
  });
  await expect(fetch(plan.helper.url)).rejects.toThrow('fetch failed');
});

test('A port in use is named with who wanted it, and nothing is started', async () => {
  const plan = await smallSystem('good');
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(plan.module.port, '127.0.0.1', resolve));
  ending.push(() => new Promise((resolve) => other.close(resolve)));
  await expect(startSystem(plan, never, quiet)).rejects.toMatchObject({
    exitCode: 1,
    message: `Cannot start everything on 127.0.0.1: port ${plan.module.port} for the module1 is in use`,
  });
});

test('A data folder that cannot be used ends the start with exit code 2', async () => {
  const plan = { ...(await smallSystem('good')), dataDir: script };
  await expect(startSystem(plan, never, quiet)).rejects.toMatchObject({
    exitCode: 2,
    message: `${script} cannot be used: a file with that name is in the way`,
  });
});

test('An interruption while starting stops what has been started', async () => {
  const plan = await smallSystem('good');
  plan.module.readyPath = '/never';
  plan.module.url = 'http://127.0.0.1:1';
  const interrupt = new AbortController();
  const starting = startSystem(plan, interrupt.signal, {
    onEntry: ({ name }) => name === 'helper' && interrupt.abort(),
  });
  await expect(starting).rejects.toThrow();
  await expect(fetch(plan.helper.url)).rejects.toThrow('fetch failed');
});

test('A process that ignores SIGTERM is killed', async () => {
  const { module } = await smallSystem('stubborn');
  const child = startChild(module, path.join(dataDir, 'logs'), () => {});
  await untilReady(module.url, never);
  await child.stop(50);
  expect(await child.ended).toEqual({ code: null, signal: 'SIGKILL', error: null });
});
