import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chain } from '@agento/contracts';
import { root } from '@agento/files/home';
import { expect, test } from 'vitest';
import { addressOf, withEnvFile } from '../src/environment.ts';
import { nodeFlags } from '../src/system/node-flags.ts';
import { planSystem, type SystemPlan } from '../src/system/plan.ts';
import { renderSystem } from '../src/system-report.ts';
import { styleOf } from '../src/terminal.ts';
import { testTerminal } from './test-terminal.ts';

/** What the plan gives each process of the variables that matter here. */
function given(plan: SystemPlan, ...names: string[]) {
  return plan.modules.map(({ env }) => names.map((name) => env[name]));
}

/** The same for each module. */
function everyModule<T>(values: T): T[] {
  return chain.map(() => values);
}

/** The first port after the modules', which begin at 5001; the receiver has the next. */
const modelPort = 5001 + chain.length;

test('The image starts its service with the flags that `start` gives it.', async () => {
  const dockerfile = await readFile(path.join(root, 'Dockerfile'), 'utf8');
  const entry = /^ENTRYPOINT (.*)$/m.exec(dockerfile)?.[1] ?? '[]';
  expect((JSON.parse(entry) as string[]).slice(1, -1)).toEqual(nodeFlags);
});

test('The systemd unit starts a module with the same flags, and waits longer for its stop than that takes.', async () => {
  const unit = await readFile(path.join(root, 'deploy', 'systemd', 'agento-module@.service'), 'utf8');
  const command = /^ExecStart=(.*)$/m.exec(unit)?.[1]?.split(' ') ?? [];
  expect(command.slice(1, -1)).toEqual(nodeFlags);
  expect(Number(/^TimeoutStopSec=(\d+)s$/m.exec(unit)?.[1])).toBeGreaterThan(10);
});

test('With nothing set the offline model and the embedded receiver are started, and the modules use them', async () => {
  const plan = await planSystem({}, 5001);
  expect(plan.embedded.map(({ name, url, command }) => [name, url, ...command.slice(1)])).toEqual([
    ['model', `http://127.0.0.1:${modelPort}`, 'model', '--port', `${modelPort}`],
    ['receiver', `http://127.0.0.1:${modelPort + 1}`, 'receive', '--port', `${modelPort + 1}`],
  ]);
  const names = [
    'OPENAI_BASE_URL',
    'OPENAI_API_KEY',
    'AGENTO_MODEL',
    'AGENTO_PROVIDER',
    'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
  ];
  const values = [
    `http://127.0.0.1:${modelPort}/v1`,
    'offline',
    'agento-offline-1',
    'agento.offline',
    `http://127.0.0.1:${modelPort + 1}/v1/traces`,
  ];
  expect(given(plan, ...names)).toEqual(everyModule(values));
  expect(plan.model).toEqual({
    name: 'agento-offline-1',
    url: `http://127.0.0.1:${modelPort}/v1`,
    offline: true,
  });
  expect(plan.spanTarget).toEqual({ url: `http://127.0.0.1:${modelPort + 1}/v1/traces`, embedded: true });
});

test('Each module has its port and the address of the next; the last has none, whatever the environment says', async () => {
  const plan = await planSystem(
    { PORT: '80', AGENTO_NEXT_URL: 'http://elsewhere', AGENTO_DATA_DIR: 'kept' },
    undefined,
  );
  expect(given(plan, 'PORT', 'AGENTO_NEXT_URL', 'AGENTO_DATA_DIR', 'AGENTO_SUPERVISED')).toEqual(
    chain.map(({ port }, index) => [
      String(port),
      index + 1 < chain.length ? `http://127.0.0.1:${port + 1}` : undefined,
      path.join(root, 'kept'),
      '1',
    ]),
  );
});

test('Behind a proxy the modules reach what start brings up without it, beside what was named already', async () => {
  const proxy = { NODE_USE_ENV_PROXY: '1', HTTP_PROXY: 'http://proxy:3128', NO_PROXY: '.corp.example' };
  const own = `127.0.0.1:${modelPort},127.0.0.1:${modelPort + 1}`;
  const names = ['HTTP_PROXY', 'no_proxy'] as const;
  expect(given(await planSystem(proxy, 5001), ...names)).toEqual(
    everyModule(['http://proxy:3128', `.corp.example,${own}`]),
  );
  expect(given(await planSystem({ ...proxy, NO_PROXY: '' }, 5001), 'no_proxy')).toEqual(everyModule([own]));
  expect(given(await planSystem({ ...proxy, NODE_USE_ENV_PROXY: '0' }, 5001), 'no_proxy')).toEqual(
    everyModule([undefined]),
  );
});

test('With a key or a base URL the real model is used and nothing of the offline one is said', async () => {
  const key = await planSystem({ OPENAI_API_KEY: 'k', AGENTO_MODEL: 'large' }, 5001);
  expect(key.embedded.map(({ name }) => name)).toEqual(['receiver']);
  expect(key.model).toEqual({ name: 'large', url: 'https://api.openai.com/v1', offline: false });
  expect(given(key, 'OPENAI_BASE_URL', 'AGENTO_PROVIDER')).toEqual(everyModule([undefined, undefined]));
  const base = await planSystem({ OPENAI_BASE_URL: 'http://gpu:8000/v1/' }, 5001);
  expect(base.model).toEqual({ name: 'gpt-5-mini', url: 'http://gpu:8000/v1', offline: false });
});

test('A model named without a key is said not to be used', async () => {
  const plan = await planSystem({ AGENTO_MODEL: 'large', AGENTO_MODEL_ITEM_EVALUATOR: 'small' }, 5001);
  expect(plan.notes).toEqual([
    'AGENTO_MODEL, AGENTO_MODEL_ITEM_EVALUATOR: not used, the offline model answers every agent',
  ]);
  expect(given(plan, 'AGENTO_MODEL_ITEM_EVALUATOR')).toEqual(everyModule([undefined]));
});

test.each([
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318/' }, 'http://c:4318/v1/traces'],
  [
    { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://c/t', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://b' },
    'http://c/t',
  ],
  [{ OTEL_ENDPOINT: 'http://c/t', OTEL_EXPORTER_OTLP_ENDPOINT: 'Disabled' }, null],
])('With %j spans go there and no receiver is started', async (env, url) => {
  const plan = await planSystem({ OPENAI_API_KEY: 'k', ...env }, 5001);
  expect([plan.spanTarget, plan.embedded]).toEqual([{ url, embedded: false }, []]);
});

test('.env adds to the environment, and what is set already wins', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'agento-env-'));
  const file = path.join(folder, '.env');
  await writeFile(file, 'AGENTO_MODEL="from the file" # a note\nLOG_LEVEL=debug\n');
  expect(withEnvFile({ LOG_LEVEL: 'warn' }, file)).toEqual({
    AGENTO_MODEL: 'from the file',
    LOG_LEVEL: 'warn',
  });
  await rm(folder, { recursive: true });
  expect(withEnvFile({ LOG_LEVEL: 'warn' }, file)).toEqual({ LOG_LEVEL: 'warn' });
});

test('A server that listens everywhere is reached on loopback', () => {
  expect(['127.0.0.1', '0.0.0.0', '::', '::1', 'example.org'].map((host) => addressOf(host, 80))).toEqual([
    'http://127.0.0.1:80',
    'http://127.0.0.1:80',
    'http://[::1]:80',
    'http://[::1]:80',
    'http://example.org:80',
  ]);
});

const secrets = {
  OPENAI_API_KEY: 'sk-of-the-model',
  OPENAI_BASE_URL: 'https://user:pass-word-1@gpu.example/v1?key=in-the-query',
  OTEL_EXPORTER_OTLP_ENDPOINT: '',
  HTTPS_PROXY: 'http://user:proxy-word@proxy:3128',
  AGENTO_API_KEYS: 'first-of-the-keys,second-of-the-keys',
  AGENTO_API_KEY: 'second-of-the-keys',
  AWS_SECRET_ACCESS_KEY: 'nobody-asked-for-it',
  NODE_DEBUG: 'http',
  TZ: 'Europe/Berlin',
  NODE_EXTRA_CA_CERTS: '/ca.pem',
};

test('Each process gets the variables it needs and no others', async () => {
  const real = await planSystem(secrets, 5001);
  const [receiver] = real.embedded;
  expect(receiver?.env).toEqual({
    AGENTO_DATA_DIR: path.join(root, 'data'),
    AGENTO_SUPERVISED: '1',
    NODE_COMPILE_CACHE: expect.any(String),
    NODE_EXTRA_CA_CERTS: '/ca.pem',
    TZ: 'Europe/Berlin',
  });
  const offline = await planSystem(
    { ...secrets, OPENAI_API_KEY: '', OPENAI_BASE_URL: '', AGENTO_OFFLINE_LATENCY_MS: '5' },
    5001,
  );
  expect(offline.embedded.map(({ name, env }) => [name, env.AGENTO_OFFLINE_LATENCY_MS])).toEqual([
    ['model', '5'],
    ['receiver', undefined],
  ]);
  for (const { env } of [...real.embedded, ...offline.embedded]) {
    expect(JSON.stringify(env)).not.toMatch(/sk-of|word|keys|in-the-query|nobody|OPENAI/);
  }
  const names = ['OPENAI_API_KEY', 'OPENAI_BASE_URL', 'HTTPS_PROXY', 'AGENTO_API_KEYS', 'TZ'] as const;
  expect(given(real, ...names)).toEqual(everyModule(names.map((name) => secrets[name])));
  expect(given(real, 'AGENTO_API_KEY', 'AWS_SECRET_ACCESS_KEY', 'NODE_DEBUG')).toEqual(
    everyModule([undefined, undefined, undefined]),
  );
});

test('Where callers need a key the modules have one of their own, made anew unless it is named', async () => {
  const keyOf = async (env: NodeJS.ProcessEnv) => [
    ...new Set(given(await planSystem(env, 5001), 'AGENTO_HOP_KEY').flat()),
  ];
  const [made, ...others] = await keyOf(secrets);
  expect([made?.length, others]).toEqual([43, []]);
  expect(await keyOf(secrets)).not.toEqual([made]);
  expect(await keyOf({ ...secrets, AGENTO_HOP_KEY: 'a-key-of-the-hops' })).toEqual(['a-key-of-the-hops']);
  expect(await keyOf({ OPENAI_API_KEY: 'k' })).toEqual([undefined]);
});

test('What is shown of the addresses has no credentials', async () => {
  const { shown } = await planSystem(
    { ...secrets, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://me:mine-alone@c/t?token=of-the-collector' },
    5001,
  );
  expect(shown).toEqual({
    model: 'https://gpu.example/v1?key=***REDACTED***',
    spans: 'https://c/t?token=***REDACTED***',
  });
});

test('Where callers need a key the printed examples name the variable it goes into, and show no key', async () => {
  const plan = await planSystem(secrets, 5001);
  const never = new Promise<never>(() => {});
  const system = { plan, children: () => [], logDirectory: 'logs', fault: never, stop: async () => {} };
  const style = styleOf(testTerminal().terminal.stdout, {});
  const report = renderSystem(system, { took: '1 s', stays: true, servers: [], style });
  expect(report).toContain(
    `Try, in another terminal in ${root}, with one of AGENTO_API_KEYS in AGENTO_API_KEY:`,
  );
  expect(report).toContain(
    `-H 'content-type: application/json' -H "authorization: Bearer $AGENTO_API_KEY" http://127.0.0.1:5001/run`,
  );
  expect(report).not.toMatch(/of-the-keys|pass-word-1|in-the-query/);
});
