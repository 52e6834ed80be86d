import { chain } from '@agento/contracts';
import { getGlobalDispatcher, setGlobalDispatcher } from 'undici';
import { expect, test } from 'vitest';
import { checkAccess } from '../src/doctor/access.ts';
import { checkCollector } from '../src/doctor/collector.ts';
import { connections } from '../src/doctor/connections.ts';
import { checkModel } from '../src/doctor/model.ts';
import { checkModule } from '../src/doctor/module.ts';
import { checkProxy } from '../src/doctor/proxy.ts';
import { nowhere, serve, serving } from './answering.ts';
import { agento } from './test-terminal.ts';

test('The collector gets an empty export with the configured headers', async () => {
  const { url, asked } = await serve(200, '');
  const headers = { authorization: 'Basic abc', 'x-tenant': 'one' };
  expect(await checkCollector({ url: `${url}/v1/traces`, embedded: false }, headers)).toEqual({
    ok: true,
    found: `${url}/v1/traces`,
  });
  expect(asked).toEqual(['POST /v1/traces Basic abc application/x-protobuf']);
});

test('Model and collector are asked as the services ask them, by proxy; the modules, as by each other, without', async () => {
  const [proxy, module] = [await serve(200, '{"data":[{"id":"m"}]}'), await serve(200, '{"status":"ready"}')];
  const proxies = { http: proxy.url, https: null, except: '' };
  const model = { name: 'm', url: 'http://model.example/v1', offline: false };
  const collector = { url: 'http://me:word@collector.example/v1/traces', embedded: false };

  expect(await checkModel(model, 'k', connections(proxies))).toMatchObject({ ok: true });
  expect(await checkCollector(collector, {}, connections(proxies))).toMatchObject({ ok: true });
  expect(proxy.asked).toEqual([
    'GET http://model.example/v1/models Bearer k -',
    'POST http://collector.example/v1/traces Basic bWU6d29yZA== application/x-protobuf',
  ]);
  const before = getGlobalDispatcher();
  setGlobalDispatcher(connections(proxies));
  try {
    expect(await checkModule(module.url)).toEqual({ ok: true, found: `ready at ${module.url}` });
  } finally {
    setGlobalDispatcher(before);
  }
  expect(proxy.asked).toHaveLength(2);
});

test('A collector that is off, spoken to in the wrong protocol, or refusing', async () => {
  expect(await checkCollector({ url: null, embedded: false })).toEqual({
    ok: true,
    found: 'off: spans are not exported (disabled)',
  });
  expect(await checkCollector({ url: 'http://c:4317/v1/traces', embedded: false })).toEqual({
    ok: false,
    found: 'http://c:4317/v1/traces: port 4317 speaks gRPC',
    remedy: 'use the port for http/protobuf, usually 4318',
  });
  const { url } = await serve(403, '');
  expect(await checkCollector({ url, embedded: false })).toEqual({
    ok: false,
    found: `${url} answers 403 to an empty export`,
    remedy: 'check the URL’s path and OTEL_EXPORTER_OTLP_HEADERS',
  });
});

test('A module that is ready, that is not, and that is not there', async () => {
  const ready = await serve(200, '{}');
  expect(await checkModule(ready.url)).toEqual({ ok: true, found: `ready at ${ready.url}` });
  const busy = await serve(503, '{"status":"stopping"}');
  expect(await checkModule(busy.url)).toEqual({
    ok: false,
    found: `${busy.url}/readyz answers 503: {"status":"stopping"}`,
    remedy: 'check its log',
  });
  const url = await nowhere();
  expect(await checkModule(url)).toEqual({
    ok: false,
    found: `nothing answers at ${url} (ECONNREFUSED)`,
    remedy: '`pnpm start` starts all of them',
  });
});

const here = import.meta.filename;
test.skipIf(process.platform !== 'linux').each([
  [here, 'a file with that name is in the way'],
  [`${here}/data`, 'a part of its path is a file, not a folder'],
  ['/proc/x', '/proc cannot hold folders'],
  ['/proc/self/x/y', '/proc/self cannot hold folders'],
])('A data folder %s cannot be used, and neither doctor nor start waits for it', async (folder, why) => {
  const env = { AGENTO_DATA_DIR: folder };
  const { stdout } = await agento(['doctor', '--port-base', '1'], { env });
  expect(stdout).toContain(
    `✖ disk       ${folder} cannot be used: ${why} → make it writable, or set AGENTO_DATA_DIR to another\n`,
  );
  const { exitCode, stderr } = await agento(['start', 'x', '--port-base', '0'], { env });
  expect([exitCode, stderr]).toEqual([
    2,
    `✖ ${folder} cannot be used: ${why}\n→ The data folder: make it writable, or set AGENTO_DATA_DIR to another.\n`,
  ]);
});

test('The doctor names each thing in its line and exits 1 when one is not in order', async () => {
  const dead = await nowhere();
  const { exitCode, stdout, stderr } = await agento(['doctor', '--port-base', new URL(dead).port], {
    env: { OPENAI_BASE_URL: `${dead}/v1`, OTEL_EXPORTER_OTLP_ENDPOINT: 'disabled' },
  });
  expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
  expect(stdout.split('\n').map((line) => line.slice(0, 11).trim())).toEqual([
    '✔ node',
    '✔ disk',
    '✔ access',
    '✔ proxy',
    '✖ model',
    '✔ collector',
    ...chain.map(({ number }) => `✖ module${number}`),
    '',
  ]);
});

test('A variable with a wrong value ends it with exit code 2', async () => {
  expect(await agento(['doctor'], { env: { AGENTO_MAX_ATTEMPTS: 'many' } })).toEqual({
    exitCode: 2,
    stdout: '',
    stderr: '✖ AGENTO_MAX_ATTEMPTS="many": must be a whole number from 1 to 10\n',
  });
});

const key = 'key-of-a-caller-1';
test.each([
  [{}, 'no key required; only this machine can reach the services'],
  [{ AGENTO_API_KEYS: `${key}, another-${key}` }, 'callers need one of 2 keys'],
  [{ AGENTO_API_KEYS: key, AGENTO_HOP_KEY: key }, 'AGENTO_HOP_KEY is one of AGENTO_API_KEYS'],
  [
    { AGENTO_API_KEYS: key, AGENTO_API_KEY: `another-${key}` },
    'AGENTO_API_KEY is not one of AGENTO_API_KEYS',
  ],
  [
    { AGENTO_HOST: '0.0.0.0', AGENTO_ALLOW_ANONYMOUS: 'true', AGENTO_ALLOWED_HOSTS: 'a.example' },
    'no key required, and other machines can reach the services; also answers to a.example',
  ],
])('Who may call with %j', (env, found) => {
  expect(checkAccess(env).found).toBe(found);
});

test.each([{ AGENTO_API_KEYS: `${key},short` }, { AGENTO_HOP_KEY: 'x'.repeat(40) }])(
  'A key that can be guessed ends it with exit code 2, unshown: %j',
  async (env) => {
    const { exitCode, stdout, stderr } = await agento(['doctor'], { env });

    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`${Object.keys(env)[0]}: each key must have at least 16 characters`);
    for (const given of Object.values(env)) expect(stderr).not.toContain(given);
  },
);

test('A proxy is shown without its password, and said not to be used where Node would not', async () => {
  const env = { HTTPS_PROXY: 'http://me:pass-word-1@proxy:3128' };
  expect(await checkProxy(env)).toEqual({
    ok: true,
    found: 'HTTPS_PROXY not used: NODE_USE_ENV_PROXY is not 1',
  });
  const { found } = await checkProxy({ ...env, NODE_USE_ENV_PROXY: '1' });
  expect(found).toMatch(/^HTTPS_PROXY http:\/\/proxy:3128\/?$/);
  await expect(checkProxy({ HTTP_PROXY: 'me:pass-word-1@proxy', NODE_USE_ENV_PROXY: '1' })).rejects.toThrow(
    'HTTP_PROXY: must be an http:// or https:// URL',
  );
});

test('A module that refuses the key is ready, and in no order', async () => {
  const url = await serving((request, response) => {
    const isOpen = request.url === '/readyz' || request.headers.authorization === `Bearer ${key}`;
    response.writeHead(isOpen ? 200 : 401).end();
  });
  expect(await checkModule(url, { AGENTO_API_KEY: key })).toEqual({ ok: true, found: `ready at ${url}` });
  expect(await checkModule(url)).toEqual({
    ok: false,
    found: `ready at ${url}, but rejects the key`,
    remedy: 'set AGENTO_API_KEY to one of its AGENTO_API_KEYS',
  });
});
