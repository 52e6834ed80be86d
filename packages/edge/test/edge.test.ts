import { afterEach, describe, expect, test } from 'vitest';
import { edgeOptions } from '../src/index.ts';
import { raw, request, startServer } from './raw.ts';

let app: Awaited<ReturnType<typeof startServer>>;
afterEach(() => app.close());

describe('What is no request of ours', () => {
  test.each<[string, string, number]>([
    ['no HTTP', 'hello\r\n\r\n', 400],
    ['a TLS greeting', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
    ['a head over 16 KiB', request('GET /', 'host: localhost', `x: ${'y'.repeat(20_000)}`), 431],
    ['a target over 16 KiB', request(`GET /${'y'.repeat(20_000)}`, 'host: localhost'), 431],
    ['a header with a control', request('GET /', 'host: localhost', 'x: a\x00b'), 400],
    ['two lengths', request('POST /', 'host: localhost', 'content-length: 1', 'content-length: 2'), 400],
    [
      'a length beside chunks',
      request('POST /', 'host: localhost', 'content-length: 1', 'transfer-encoding: chunked'),
      400,
    ],
    ['a method nobody knows', request('FROBNICATE /', 'host: localhost'), 400],
    ['a broken percent sign', request('GET /%zz', 'host: localhost'), 400],
    ['half a percent sign', request('GET /%', 'host: localhost'), 400],
    ['no UTF-8 after percent signs', request('GET /%ff', 'host: localhost'), 400],
    ['a request to a proxy', request('CONNECT evil.example:443', 'host: evil.example:443'), 405],
    [
      'an expectation',
      request('POST /', 'host: localhost', 'expect: the-unexpected', 'content-length: 0'),
      417,
    ],
  ])('is answered with problem details: %s.', async (_what, text, status) => {
    app = await startServer();

    const answer = await raw(app, text);

    expect(answer.status).toBe(status);
    expect(answer.headers).toContain('content-type: application/problem+json');
    expect(answer.headers).toContain('x-content-type-options: nosniff');
    expect(JSON.parse(answer.body)).toMatchObject({ type: 'urn:agento:problem:bad-input', status });
    expect(answer.body.length).toBeLessThan(600);
  });

  test('is refused for its host before its address is looked at.', async () => {
    app = await startServer();

    expect((await raw(app, request('GET /%ff', 'host: evil.example'))).status).toBe(403);
  });
});

test('Heads and bodies that come too slowly end within 30 s; answers may take as long as they do.', async () => {
  app = await startServer();

  const { requestTimeout, http } = edgeOptions({ host: '127.0.0.1', allowedHosts: [] });
  const slowest = (requestTimeout ?? 0) + Number(http?.connectionsCheckingInterval);
  expect(slowest).toBeLessThan(30_000);
  expect(app.server.requestTimeout).toBe(requestTimeout);
  expect(app.server.headersTimeout).toBe(requestTimeout);
  expect(app.server.timeout).toBe(0);
});

test('Every answer carries the usual security headers, that of a missing page too.', async () => {
  app = await startServer();

  for (const path of ['/', '/nowhere']) {
    const { headers } = await raw(app, request(`GET ${path}`, 'host: localhost'));
    expect(headers).toContain("content-security-policy: default-src 'none'");
    expect(headers).toContain('x-content-type-options: nosniff');
    expect(headers).toContain('x-frame-options: deny');
    expect(headers).toContain('referrer-policy: no-referrer');
    expect(headers).toContain('cross-origin-resource-policy: same-origin');
    expect(headers).not.toContain('x-powered-by');
  }
});
