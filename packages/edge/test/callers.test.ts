import { afterEach, describe, expect, test } from 'vitest';
import { portOf, raw, request, startServer } from './raw.ts';

let app: Awaited<ReturnType<typeof startServer>>;
afterEach(() => app.close());

const get = (...headers: string[]) => raw(app, request('GET /', ...headers));
const post = (...headers: string[]) => raw(app, request('POST /', ...headers, 'content-length: 0'));

describe('The host of a request', () => {
  test.each([
    'localhost',
    'LOCALHOST:3001',
    'localhost.',
    'agento.localhost:3001',
    '127.0.0.1',
    '127.0.0.1:80',
    '127.9.8.7:3001',
    '127.1',
    '0x7f000001',
    '2130706433',
    '[::1]',
    '[::1]:3001',
    '[0:0:0:0:0:0:0:1]',
    '[::ffff:127.0.0.1]:3001',
  ])('may be the loopback name %s.', async (host) => {
    app = await startServer();

    expect((await get(`host: ${host}`)).status).toBe(200);
  });

  test.each([
    'evil.example',
    'evil.example:3001',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    '1.127.0.0',
    '10.0.0.1',
    '169.254.169.254',
    '[::2]',
    '[::ffff:10.0.0.1]',
    'notlocalhost',
  ])('may not be %s, and the answer says what to set.', async (host) => {
    app = await startServer();

    const { status, headers, body } = await get(`host: ${host}`);

    expect(status).toBe(403);
    expect(headers).toContain('x-content-type-options: nosniff');
    expect(body).toContain('set AGENTO_ALLOWED_HOSTS');
  });

  test.each([
    '',
    'user@localhost',
    'localhost/..',
    'localhost:',
    'localhost:port',
    'localhost:99999',
    'localhost,evil.example',
    'local host',
    '[::1',
    '%6cocalhost',
    'l\xf6calhost',
  ])('that is %j names none, which is 400.', async (host) => {
    app = await startServer();

    expect((await get(`host: ${host}`)).status).toBe(400);
  });

  test('must be there, and once.', async () => {
    app = await startServer();

    expect((await get()).status).toBe(400);
    expect((await get('host: localhost', 'host: localhost')).status).toBe(400);
    expect((await get('host: localhost', 'Host: evil.example')).status).toBe(400);
  });

  test('counts as the target has it, where the target names one.', async () => {
    app = await startServer();
    const absolute = (target: string, host: string) => raw(app, request(`GET ${target}`, `host: ${host}`));

    expect((await absolute('http://localhost:3001/', 'localhost:3001')).status).toBe(200);
    expect((await absolute('http://evil.example/', 'localhost')).status).toBe(400);
    expect((await absolute('http://localhost/', 'evil.example')).status).toBe(400);
    expect((await absolute('http://evil.example/', 'evil.example')).status).toBe(403);
    expect((await absolute('http://localhost@evil.example/', 'localhost')).status).toBe(400);
  });

  test('may be one that is allowed: with a port for that alone, without one for any.', async () => {
    app = await startServer({ allowedHosts: ['module1', 'agento.example:443', '[fd00::1]'] });

    const statuses = await Promise.all(
      [
        'module1:3001',
        'MODULE1.',
        'agento.example:443',
        '[fd00:0::1]:3001',
        'agento.example',
        'agento.example:3001',
        'module1.evil.example',
      ].map(async (host) => (await get(`host: ${host}`)).status),
    );

    expect(statuses).toEqual([200, 200, 200, 200, 403, 403, 403]);
  });

  test('is quoted in the answer in part only.', async () => {
    app = await startServer();

    const { status, body } = await get(`host: ${'x'.repeat(8_000)}`);

    expect([status, body.length < 600]).toEqual([403, true]);
  });
});

describe('The page a request comes from', () => {
  test.each([
    'https://evil.example',
    'null',
    '',
    'http://localhost:9999',
    'http://localhost',
    'http://127.0.0.1:3001',
    'http://localhost:3001.evil.example',
    'http://user@localhost:3001',
    'http://localhost:3001/',
    'file://',
    'chrome-extension://abcdefgh',
    'http://localhost:3001, http://localhost:3001',
  ])('may not be of the other origin %j.', async (origin) => {
    app = await startServer();

    expect((await post('host: localhost:3001', `origin: ${origin}`)).status).toBe(403);
  });

  test('may be its own, whatever the case and with a port that goes without saying.', async () => {
    app = await startServer();

    expect((await post('host: localhost:3001', 'origin: http://LOCALHOST:3001')).status).toBe(200);
    expect((await post('host: localhost', 'origin: http://localhost:80')).status).toBe(200);
    expect((await post('host: localhost', 'origin: https://localhost')).status).toBe(200);
  });

  test('may not be of another site by what the browser says, but to follow a link.', async () => {
    app = await startServer();
    const host = `host: localhost:${portOf(app)}`;

    for (const site of ['cross-site', 'same-site', 'Cross-Site', 'same-origin, cross-site']) {
      expect((await post(host, `sec-fetch-site: ${site}`)).status).toBe(403);
      expect((await post(host, `sec-fetch-site: ${site}`, 'sec-fetch-mode: navigate')).status).toBe(403);
      expect((await get(host, `sec-fetch-site: ${site}`, 'sec-fetch-mode: no-cors')).status).toBe(403);
      expect((await get(host, `sec-fetch-site: ${site}`, 'sec-fetch-mode: navigate')).status).toBe(200);
    }
    for (const site of ['same-origin', 'none']) {
      expect((await post(host, `sec-fetch-site: ${site}`)).status).toBe(200);
    }
  });
});
