import { describe, expect, test } from 'vitest';
import { createRedactor, secretsOfEnvironment, secretsOfUrl, withoutCredentials } from '../src/index.ts';

const marker = '***REDACTED***';

describe('the credentials of a URL', () => {
  test.each<[string, string[], string]>([
    ['https://ann:hunter2hunter2@host/v1', ['hunter2hunter2'], 'https://host/v1'],
    ['https://ann:p%40ss-w0rd-1@host/v1', ['p%40ss-w0rd-1', 'p@ss-w0rd-1'], 'https://host/v1'],
    ['https://k3y-of-the-process@host', ['k3y-of-the-process'], 'https://host'],
    ['https://0123456789abcdef01:x@host/', ['0123456789abcdef01'], 'https://host/'],
    ['user:hunter2hunter2@proxy:3128', ['hunter2hunter2'], 'proxy:3128'],
    ['http:\\\\ann:hunter2hunter2@host', ['hunter2hunter2'], 'http:\\\\host'],
    ['https://ann:not%valid1@host', ['not%valid1'], 'https://host'],
    ['https://host/v1?key=swordfish-1', ['swordfish-1'], `https://host/v1?key=${marker}`],
    [
      'https://host/otlp?a=1&access%5Ftoken=tea%2Fcake1#x',
      ['tea%2Fcake1', 'tea/cake1'],
      `https://host/otlp?a=1&access%5Ftoken=${marker}#x`,
    ],
    ['https://host/?q=Zm9vYmFyMTIzNDU2Nzg5', ['Zm9vYmFyMTIzNDU2Nzg5'], `https://host/?q=${marker}`],
    ['https://host/?Zm9vYmFyMTIzNDU2Nzg5', ['Zm9vYmFyMTIzNDU2Nzg5'], `https://host/?${marker}`],
    ['https://host/cb#id_token=abc.def.0123', ['abc.def.0123'], `https://host/cb#id_token=${marker}`],
  ])('%s', (url, secrets, shown) => {
    expect(secretsOfUrl(url)).toEqual(secrets);
    expect(withoutCredentials(url)).toBe(shown);
  });

  test.each(['https://a:a@host/', 'https://ann:password@host/', 'https://ann:correct-horse@host/'])(
    '%s: too short or too ordinary to be looked for everywhere, but hidden in the URL',
    (url) => {
      expect(secretsOfUrl(url)).toEqual([]);
      expect(withoutCredentials(url)).toBe('https://host/');
    },
  );

  test.each([
    'http://127.0.0.1:4318/v1/traces',
    'https://example.org/openai/deployments/gpt-4o?api-version=2024-02-01-preview',
    'https://example.org/v1?tenant=agento-production&page=2',
    'not a URL at all',
    '',
  ])('%j has none and is shown as it is', (url) => {
    expect(secretsOfUrl(url)).toEqual([]);
    expect(withoutCredentials(url)).toBe(url);
  });
});

test('everything credential-like that a process was given is found nowhere afterwards', () => {
  const env = {
    OPENAI_API_KEY: 'the-key-of-the-model',
    OPENAI_BASE_URL: 'https://ann:base-p4ssw0rd@host/v1?key=query-k3y-1',
    OTEL_EXPORTER_OTLP_HEADERS: 'api-key=honey-c0mb-key,authorization=Basic%20YW5uOmgwbmV5LWNvbWI%3D',
    OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'authorization=Bearer tr4ces-only-token,x-scope=production',
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://host/v1/traces?token=endp0int-token',
    OTEL_ENDPOINT: 'https://n0-password-here-1@host/',
    AGENTO_NEXT_URL: 'http://hop:h0p-password@next:8002',
    AGENTO_API_KEYS: 'first-api-k3y, second-api-k3y',
    AGENTO_HOP_KEY: 'hop-k3y-of-start',
    AGENTO_API_KEY: 'cli-api-k3y-1',
    HTTPS_PROXY: 'http://ann:pr0xy-password@proxy:3128',
    http_proxy: 'ann:l0wer-password@proxy:3128',
    DATABASE_URL: 'postgres://ann:d4tabase-pw@db:5432/plans',
    GITHUB_TOKEN: 'w0rkflow-token-1',
    HOME: '/home/ann-is-not-secret-1',
    PWD: '/home/ann-is-not-secret-1',
  };
  const secrets = secretsOfEnvironment(env);
  const expected = [
    'the-key-of-the-model',
    'base-p4ssw0rd',
    'query-k3y-1',
    'honey-c0mb-key',
    'YW5uOmgwbmV5LWNvbWI=',
    'h0ney-comb',
    'tr4ces-only-token',
    'endp0int-token',
    'n0-password-here-1',
    'h0p-password',
    'first-api-k3y',
    'second-api-k3y',
    'hop-k3y-of-start',
    'cli-api-k3y-1',
    'pr0xy-password',
    'l0wer-password',
    'd4tabase-pw',
    'w0rkflow-token-1',
  ];
  expect(secrets).toEqual(expect.arrayContaining(expected));
  const redactor = createRedactor({ secrets });
  const text = redactor.text(`${expected.join(' and ')} in production at ${env.HOME}, ann uses a proxy`).text;
  for (const secret of expected) expect(text).not.toContain(secret);
  expect(text).toContain('in production at /home/ann-is-not-secret-1, ann uses a proxy');
});
