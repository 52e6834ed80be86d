import { EnvironmentError, moduleInfo } from '@agento/contracts';
import { afterEach, describe, expect, test } from 'vitest';
import { readServiceSettings } from '../src/service-settings.ts';
import { closeAll, type Tiny, tiny } from './harness.ts';

afterEach(closeAll);

const runId = '0b0e3c1a-7f43-4b3d-9c55-0c7f1f6f2a11';
const note = async () => 'Rent a room.';
const keys = { apiKeys: ['first-of-the-keys', 'second-of-the-keys'], hopKey: 'key-between-the-modules' };

function post({ app }: Tiny, headers: Record<string, string> = {}) {
  return app.inject({
    method: 'POST',
    url: '/run',
    headers: { 'content-type': 'application/json', ...headers },
    payload: { goal: 'g', run_id: runId },
  });
}

describe('A service that has keys', () => {
  test('takes a run from whoever has one of them, or the key of the hop.', async () => {
    for (const key of [...keys.apiKeys, keys.hopKey]) {
      expect((await post(await tiny(note, keys), { authorization: `Bearer ${key}` })).statusCode).toBe(200);
    }
  });

  test.each<[string, Record<string, string>]>([
    ['no key', {}],
    ['another key', { authorization: 'Bearer no-key-of-this-one' }],
    ['a key as a password', { authorization: 'Basic Zmlyc3Qtb2YtdGhlLWtleXM6' }],
    ['all keys at once', { authorization: 'Bearer first-of-the-keys,second-of-the-keys' }],
  ])('refuses a run with %s, before it reads it, and says what it wants.', async (_what, headers) => {
    const response = await post(await tiny(note, keys), headers);

    expect([response.statusCode, response.headers['content-type']]).toEqual([
      401,
      'application/problem+json; charset=utf-8',
    ]);
    expect(response.headers['www-authenticate']).toMatch(/^Bearer realm="agento"/);
    expect(response.json()).toMatchObject({ type: 'urn:agento:problem:unauthorized', instance: '/run' });
    expect(response.payload).not.toContain('of-the-keys');
    expect(response.payload).not.toContain('no-key-of-this-one');
  });

  test('shows files, pages and what is missing to its callers only, and figures to everybody.', async () => {
    const { app } = await tiny(note, keys);
    const statuses = async (authorization?: string) =>
      Object.fromEntries(
        await Promise.all(
          [
            `/runs/${runId}/artifacts/final_plan.md`,
            `/runs/${runId}/attempts/2/artifacts/final_plan.md`,
            '/docs/',
            '/docs/static/swagger-ui.css',
            '/docs/json',
            '/openapi.json',
            '/nowhere',
            '/livez',
            '/readyz',
            '/metrics',
          ].map(async (url) => {
            const headers = authorization === undefined ? {} : { authorization };
            return [url, (await app.inject({ url, headers })).statusCode];
          }),
        ),
      );

    const open = { '/livez': 200, '/readyz': 200, '/metrics': 200 };
    const closed = {
      [`/runs/${runId}/artifacts/final_plan.md`]: 401,
      [`/runs/${runId}/attempts/2/artifacts/final_plan.md`]: 401,
      '/docs/': 401,
      '/docs/static/swagger-ui.css': 401,
      '/docs/json': 401,
      '/openapi.json': 401,
      '/nowhere': 401,
      ...open,
    };
    expect(await statuses()).toEqual(closed);
    expect(await statuses(`Bearer ${keys.hopKey}`)).toEqual(closed);
    expect(await statuses('Bearer first-of-the-keys')).toEqual({
      [`/runs/${runId}/artifacts/final_plan.md`]: 404,
      [`/runs/${runId}/attempts/2/artifacts/final_plan.md`]: 404,
      '/docs/': 200,
      '/docs/static/swagger-ui.css': 200,
      '/docs/json': 200,
      '/openapi.json': 200,
      '/nowhere': 404,
      ...open,
    });
  });

  test('shows none of them itself.', async () => {
    const { app } = await tiny(note, {
      ...keys,
      nextUrl: 'http://user:hunter2hunter2@next:3002/?token=tok-abc-123',
    });

    const { payload } = await app.inject('/readyz');

    for (const secret of [...keys.apiKeys, keys.hopKey, 'hunter2hunter2', 'tok-abc-123']) {
      expect(payload).not.toContain(secret);
    }
    expect(payload).toContain('next:3002');
  });
});

describe('A service that others can reach', () => {
  const read = (env: NodeJS.ProcessEnv) => () => readServiceSettings(moduleInfo(2), env);

  test.each(['0.0.0.0', '::', '192.0.2.1', 'agento.example'])(
    'at %s does not start without a key.',
    (AGENTO_HOST) => {
      expect(read({ AGENTO_HOST })).toThrow(
        new EnvironmentError([
          `AGENTO_HOST="${AGENTO_HOST}": the service would be reachable by others without a key: set AGENTO_API_KEYS, ` +
            'or AGENTO_ALLOW_ANONYMOUS=true if something else keeps them out',
        ]),
      );
      expect(read({ AGENTO_HOST, AGENTO_API_KEYS: 'first-of-the-keys' })).not.toThrow();
      expect(read({ AGENTO_HOST, AGENTO_HOP_KEY: 'key-between-the-modules' })).not.toThrow();
      expect(read({ AGENTO_HOST, AGENTO_ALLOW_ANONYMOUS: 'true' })).not.toThrow();
      expect(read({ AGENTO_HOST, AGENTO_API_KEYS: 'weak' })).toThrow(/^AGENTO_API_KEYS: each key/);
    },
  );

  test.each(['127.0.0.1', '127.0.0.2', '::1', 'localhost'])('is not one at %s.', (AGENTO_HOST) => {
    expect(read({ AGENTO_HOST })).not.toThrow();
  });
});

test('A page of another site has no business with a run, whatever host it names.', async () => {
  const made = await tiny(note);

  for (const headers of [
    { host: 'evil.example' },
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
  ]) {
    const response = await post(made, headers as Record<string, string>);
    expect([response.statusCode, response.json()]).toMatchObject([
      403,
      { type: 'urn:agento:problem:forbidden', instance: '/run', module: 1 },
    ]);
  }
  expect(made.spans().filter(({ name }) => name === 'run_module_1')).toEqual([]);
});
