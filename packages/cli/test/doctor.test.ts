import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { checkCollector } from '../src/doctor/collector.ts';
import { checkDisk } from '../src/doctor/disk.ts';
import { checkModel } from '../src/doctor/model.ts';
import { checkModule } from '../src/doctor/module.ts';
import { agento } from './test-terminal.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A server that answers everything in one way; remembers what it was asked. */
async function serve(status: number, body: string) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const { authorization = '-', 'content-type': type = '-' } = request.headers;
    asked.push(`${request.method} ${request.url} ${authorization} ${type}`);
    response.writeHead(status).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => new Promise((resolve) => server.close(() => resolve())));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

/** An address nobody listens at. */
async function nowhere(): Promise<string> {
  const { url } = await serve(200, '');
  await closing.pop()?.();
  return url;
}

test('The model is asked for its list with the key', async () => {
  const { url, asked } = await serve(200, '{"data": [{"id": "small"}, {"id": "large"}]}');
  const model = (name: string) => ({ name, url: `${url}/v1`, offline: false });
  expect(await checkModel(model('large'), 'a-key')).toEqual({ ok: true, found: `large at ${url}/v1` });
  expect(await checkModel(model('huge'), 'a-key')).toEqual({
    ok: false,
    found: `${url}/v1 does not list huge`,
    remedy: 'set AGENTO_MODEL to one it has: small, large',
  });
  expect(asked).toEqual(['GET /v1/models Bearer a-key -', 'GET /v1/models Bearer a-key -']);
});

test.each([
  [401, { ok: false, found: 'URL refuses the key (401)', remedy: 'check OPENAI_API_KEY' }],
  [404, { ok: true, found: 'm at URL, which answers but lists no models' }],
  [
    500,
    {
      ok: false,
      found: 'URL/models answers 500',
      remedy: 'try again; if it stays, ask whoever runs the endpoint',
    },
  ],
])('A model endpoint that answers %i', async (status, diagnosis) => {
  const { url } = await serve(status, '');
  const found = await checkModel({ name: 'm', url, offline: false }, 'k');
  expect({ ...found, found: found.found.replace(url, 'URL') }).toEqual(diagnosis);
});

test('The collector gets an empty export with the configured headers', async () => {
  const { url, asked } = await serve(200, '');
  const headers = 'authorization=Basic%20abc,x-tenant=one';
  expect(await checkCollector({ url: `${url}/v1/traces`, embedded: false }, headers)).toEqual({
    ok: true,
    found: `${url}/v1/traces`,
  });
  expect(asked).toEqual(['POST /v1/traces Basic abc application/x-protobuf']);
});

test('A collector that is off, spoken to in the wrong protocol, or refusing', async () => {
  expect(await checkCollector({ url: null, embedded: false }, undefined)).toEqual({
    ok: true,
    found: 'off: spans are not exported (disabled)',
  });
  expect(await checkCollector({ url: 'http://c:4317/v1/traces', embedded: false }, undefined)).toEqual({
    ok: false,
    found: 'http://c:4317/v1/traces: port 4317 speaks gRPC',
    remedy: 'name the port for http/protobuf, usually 4318',
  });
  const { url } = await serve(403, '');
  expect(await checkCollector({ url, embedded: false }, undefined)).toEqual({
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
    remedy: 'look into its log',
  });
  const url = await nowhere();
  expect(await checkModule(url)).toEqual({
    ok: false,
    found: `nobody answers at ${url} (ECONNREFUSED)`,
    remedy: '`pnpm start` brings all of them up',
  });
});

test('A data folder that is a file cannot be used', async () => {
  expect(await checkDisk(import.meta.filename)).toMatchObject({
    ok: false,
    remedy: 'make it writable, or name another with AGENTO_DATA_DIR',
  });
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
    '✖ model',
    '✔ collector',
    '✖ module1',
    '✖ module2',
    '✖ module3',
    '✖ module4',
    '✖ module5',
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
