import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { chain } from '@agento/contracts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { usualPorts } from '../src/model-servers/find.ts';

const main = path.join(import.meta.dirname, '..', 'src', 'main.ts');
let dataDir: string;
const started: ChildProcess[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'agento-start-'));
});
afterEach(async () => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  await rm(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

/** `agento {arguments}` as a process, with the offline model; its lines as they come, and how it ends. */
function agento(arguments_: string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [main, ...arguments_], {
    env: {
      ...process.env,
      OPENAI_API_KEY: '',
      OPENAI_BASE_URL: '',
      AGENTO_MODEL: '',
      LOG_LEVEL: '',
      AGENTO_DATA_DIR: dataDir,
      npm_config_user_agent: '',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  const output = { stdout: '', stderr: '' };
  const waiting: { text: string; resolve(): void }[] = [];
  const take = (name: 'stdout' | 'stderr', line: string) => {
    output[name] += `${line}\n`;
    for (const { resolve } of waiting.filter(({ text }) => line.includes(text))) resolve();
  };
  createInterface({ input: child.stdout }).on('line', (line) => take('stdout', line));
  createInterface({ input: child.stderr }).on('line', (line) => take('stderr', line));
  const ended = new Promise<{ exitCode: number | null; stdout: string; stderr: string }>((resolve) => {
    child.once('close', (exitCode) => resolve({ exitCode, ...output }));
  });
  /** Resolves when a line with this text has been printed; rejects when the process ends without it. */
  const printed = (text: string) =>
    new Promise<void>((resolve, reject) => {
      if (`${output.stdout}${output.stderr}`.includes(text)) resolve();
      waiting.push({ text, resolve });
      void ended.then(({ stdout, stderr }) =>
        reject(new Error(`never printed ${text}:\n${stdout}${stderr}`)),
      );
    });
  return { child, ended, printed, output };
}

/** The processes that a process started, by /proc. */
async function childrenOf(pid: number | undefined): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return text.trim().split(' ').map(Number);
}

async function untilGone(pids: number[]): Promise<void> {
  while (pids.some((pid) => existsSync(`/proc/${pid}`)))
    await new Promise((resolve) => setTimeout(resolve, 50));
}

/** Where export is disabled there is no receiver and no trace file to read back. */
const exporting = process.env.OTEL_EXPORTER_OTLP_ENDPOINT !== 'disabled';

test('start with a goal runs it, says where the plan and the trace are, and leaves nothing running', async () => {
  const { ended } = agento(['start', 'Open a repair café in a small town', '--port-base', '0']);
  const { exitCode, stdout, stderr } = await ended;
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  const started = exporting ? ', the offline model, and the embedded receiver' : ' and the offline model';
  expect(stdout).toMatch(
    new RegExp(
      `^starting modules 1 to ${chain.length}${started} …\nReady in .*\n {2}model {5}offline model agento-offline-1`,
    ),
  );
  for (const { number, title } of chain) {
    expect(stdout).toMatch(new RegExp(`^✔ {2}${number} ${title} +done in `, 'm'));
  }
  const plan = /^Plan {3}(.*)$/m.exec(stdout)?.[1] ?? '';
  expect(await readFile(plan, 'utf8')).toContain('Open a repair café in a small town');
  const traceId = /^Trace {2}([0-9a-f]{32})$/m.exec(stdout)?.[1] ?? '';
  expect(traceId).not.toBe('');
  if (!exporting) return;

  const tree = await agento(['trace', traceId]).ended;
  expect({ exitCode: tree.exitCode, stderr: tree.stderr }).toEqual({ exitCode: 0, stderr: '' });
  for (const { number } of chain) expect(tree.stdout).toContain(`run_module_${number}`);
});

test('start --stop-after --json gives the output of that module on stdout, and nothing else', async () => {
  const { ended } = agento(['start', 'Learn to sail', '--port-base', '0', '--stop-after', '2', '--json']);
  const { exitCode, stdout } = await ended;
  const output = JSON.parse(stdout);
  expect([
    exitCode,
    output.goal,
    Object.keys(output).includes('selected_outline'),
    'expanded_outline' in output,
  ]).toEqual([0, 'Learn to sail', true, false]);
});

test.skipIf(process.platform !== 'linux').each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  'start stays until %s, then stops every process and exits 130',
  async (signal) => {
    const { child, ended, printed } = agento(['start', '--port-base', '0']);
    await printed('Ctrl-C stops everything.');
    const processes = await childrenOf(child.pid);
    expect(processes).toHaveLength(chain.length + (exporting ? 2 : 1));
    child.kill(signal);
    expect((await ended).exitCode).toBe(130);
    expect(processes.filter((pid) => existsSync(`/proc/${pid}`))).toEqual([]);
  },
);

test.skipIf(process.platform !== 'linux')(
  'When start itself is killed its processes stop by themselves',
  async () => {
    const { child, printed } = agento(['start', '--port-base', '0']);
    await printed('Ctrl-C stops everything.');
    const processes = await childrenOf(child.pid);
    child.kill('SIGKILL');
    await untilGone(processes);
  },
);

/** Kills the process among them whose command line has the word. */
async function killOne(processes: number[], word: string): Promise<void> {
  const commands = await Promise.all(processes.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8')));
  process.kill(processes[commands.findIndex((command) => command.includes(word))] ?? 0, 'SIGKILL');
}

test.skipIf(process.platform !== 'linux')(
  'A module and the offline model that are killed are started again, and the system goes on',
  async () => {
    const { child, ended, printed } = agento(['start', '--port-base', '0']);
    await printed('Ctrl-C stops everything.');
    const processes = await childrenOf(child.pid);
    await killOne(processes, 'module3');
    await printed('✔ module3 is ready again');
    await killOne(await childrenOf(child.pid), 'model\0--port');
    await printed('✔ model is ready again');
    const now = await childrenOf(child.pid);
    expect(now).toHaveLength(processes.length);
    child.kill('SIGINT');
    const { exitCode, stdout } = await ended;
    expect(exitCode).toBe(130);
    expect(stdout).toContain(
      '✖ module3 (module 3, expanded plan) was killed (SIGKILL), perhaps out of memory. Restarting it.',
    );
    expect([...processes, ...now].filter((pid) => existsSync(`/proc/${pid}`))).toEqual([]);
  },
);

test.skipIf(process.platform !== 'linux')(
  'A run whose module was killed ends with its plan, and whoever follows it sees that',
  async () => {
    const { child, printed, output } = agento(['start', '--port-base', '0'], {
      AGENTO_OFFLINE_LATENCY_MS: '100',
    });
    await printed('Ctrl-C stops everything.');
    const url = /module1 {2}(\S+)/.exec(output.stdout)?.[1] ?? '';
    const goal = agento(['goal', 'Learn to sail', '--url', url]);
    await goal.printed('✔  2 Plan outline');
    await killOne(await childrenOf(child.pid), 'module3');
    await printed('✔ module3 is ready again');

    const { exitCode, stdout } = await goal.ended;
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('Plan published')]);
  },
);

test.skipIf(process.platform !== 'linux')('An interrupted run exits 130 and leaves no process', async () => {
  const { child, ended, printed } = agento(['start', 'Learn to sail', '--port-base', '0'], {
    AGENTO_OFFLINE_LATENCY_MS: '500',
  });
  await printed('search_agent');
  const processes = await childrenOf(child.pid);
  child.kill('SIGINT');
  expect((await ended).exitCode).toBe(130);
  expect(processes.filter((pid) => existsSync(`/proc/${pid}`))).toEqual([]);
});

/** A model server with this model at the first usual port that is free; null where all are taken. */
async function modelServer(model: string): Promise<{ server: Server; url: string } | null> {
  const list = { object: 'list', data: [{ id: model, object: 'model', owned_by: 'llamacpp' }] };
  for (const { port } of usualPorts) {
    const server = createServer((_request, response) => response.end(JSON.stringify(list)));
    const isUp = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true));
    });
    if (isUp) return { server, url: `http://127.0.0.1:${port}/v1` };
  }
  return null;
}

test('A model server on this machine is told with the line that uses it, and used by that line alone', async (context) => {
  // Another such test may run on this machine: each has a model of its own.
  const model = `small-${process.pid}`;
  const found = await modelServer(model);
  if (found === null) return context.skip('the usual ports of model servers are taken');
  const { server, url } = found;
  try {
    const without = agento(['start', '--port-base', '0']);
    await without.printed('Ctrl-C stops everything.');
    expect(without.output.stdout).toContain('  model     offline model agento-offline-1');
    expect(without.output.stdout).toContain(
      `            llama.cpp at ${url} has ${model}; to use it:\n` +
        `              AGENTO_MODEL=${model} npx --yes pnpm@12 start --model-server auto\n`,
    );
    without.child.kill('SIGINT');
    await without.ended;

    const taken = agento(['start', '--model-server', 'auto', '--port-base', '0'], { AGENTO_MODEL: model });
    await taken.printed('Ctrl-C stops everything.');
    expect(taken.output.stderr).toBe(`The model: ${model}, of llama.cpp at ${url}\n`);
    expect(taken.output.stdout).toContain(`  model     ${model} at ${url}\n`);
    expect(taken.output.stdout).not.toContain('offline model');
    taken.child.kill('SIGINT');
    await taken.ended;
  } finally {
    server.close();
  }
});
