import type { FastifyInstance } from 'fastify';
import { afterEach, expect, test, vi } from 'vitest';
import { closeAll, tiny } from './harness.ts';

const failures = vi.hoisted(() => ({ left: 0 }));
vi.mock('@fastify/swagger', async (importOriginal) => {
  const { default: swagger } = await importOriginal<typeof import('@fastify/swagger')>();
  const plugin = async (app: FastifyInstance, options: object) => {
    if (failures.left-- > 0) throw new Error('cannot be loaded');
    await app.register(swagger, options);
  };
  return { default: Object.assign(plugin, { [Symbol.for('skip-override')]: true }) };
});

afterEach(async () => {
  failures.left = 0;
  await closeAll();
});

const start = async () => (await tiny(async () => 'Rent a room.')).app;
const file = '/docs/static/swagger-ui.css';

test.each(['/docs', '/docs/json', file])('HEAD %s says how long the answer to GET is.', async (url) => {
  const app = await start();
  const got = await app.inject(url);
  const head = await app.inject({ method: 'HEAD', url });

  expect([head.statusCode, head.payload]).toEqual([200, '']);
  expect(head.headers['content-length']).toBe(String(got.rawPayload.length));
  expect(head.headers['content-type']).toBe(got.headers['content-type']);
});

test('What the caller has already is answered with 304, a part with 206, and neither has more headers than it needs.', async () => {
  const app = await start();
  const { headers, rawPayload } = await app.inject(file);
  const unchanged = await app.inject({ url: file, headers: { 'if-none-match': String(headers.etag) } });
  const part = await app.inject({ url: file, headers: { range: 'bytes=0-9' } });
  const moved = await app.inject('/docs/static/index.html');

  expect([unchanged.statusCode, unchanged.headers['content-type']]).toEqual([304, undefined]);
  expect(unchanged.headers).not.toHaveProperty('content-length');
  expect([part.statusCode, part.rawPayload]).toEqual([206, rawPayload.subarray(0, 10)]);
  expect([moved.statusCode, moved.headers['content-type']]).toEqual([302, undefined]);
  expect(moved.headers['content-security-policy']).toBeDefined();
});

test.each([
  ['/docs/static/nowhere', {}, 404],
  ['/docs/nowhere', {}, 404],
  ['/docs/static/%00', {}, 403],
  [file, { range: 'bytes=99999999-' }, 416],
])('%s with %j is refused with problem details.', async (url, headers, status) => {
  const response = await (await start()).inject({ url, headers });

  expect([response.statusCode, response.headers['content-type']]).toEqual([
    status,
    'application/problem+json; charset=utf-8',
  ]);
  expect(response.json()).toMatchObject({ status, module: 1, instance: url });
});

test('A page that could not be loaded is loaded by the next request.', async () => {
  const app = await start();
  failures.left = 1;

  const statuses = [(await app.inject('/docs')).statusCode, (await app.inject('/docs')).statusCode];
  expect(statuses).toEqual([500, 200]);
});

test('Requests for the page are counted like others.', async () => {
  const app = await start();
  await app.inject(file);
  await app.inject('/docs/nowhere');

  const { payload } = await app.inject('/metrics');
  expect(payload).toContain('route="/docs/*",status="200",module="1"} 1');
  expect(payload).toContain('route="/docs/*",status="404",module="1"} 1');
});
