import { expect, test } from 'vitest';
import { redactLine } from '../src/index.ts';
import { onSpan } from './in-trace.ts';

const marker = '***REDACTED***';

test.each([
  ['{"msg":"asking https://k3y-of-mine@host/v1"}', '{"msg":"asking https://host/v1"}'],
  ['{"url":"/run?key=swordfish-1&page=2"}', `{"url":"/run?key=${marker}&page=2"}`],
  ['connect to http://ann:hunter2@proxy:3128/ failed', 'connect to http://proxy:3128/ failed'],
  ['GET https://host/cb?code=blue#id_token=a.b', `GET https://host/cb?code=${marker}#id_token=${marker}`],
  ['{"password":"tea"}', `{"password":"${marker}"}`],
])('a line of the log loses a credential in a URL: %s', (line, expected) => {
  expect(redactLine(line)).toBe(expected);
});

test.each([
  'write to ann@example.org or @fastify/otel at file:///app/node_modules/@fastify/otel/index.js:12:3',
  'http://127.0.0.1:4318/v1/traces answered 503; is it up? see docs/operations.md',
  '{"url":"https://example.org/costs?year=2026&model=gpt-4o-mini#rent"}',
])('a line of the log stays as it is: %s', (line) => {
  expect(redactLine(line)).toBe(line);
});

test('a span’s addresses lose it, and say so', async () => {
  const { attributes } = await onSpan((span) => {
    span.setAttribute('url.full', 'https://k3y-of-mine@host/v1?key=swordfish');
    span.setAttribute('url.query', 'page=2&sig=swordfish');
    span.setAttribute('note', 'see ?key=swordfish');
  });
  expect(attributes).toMatchObject({
    'url.full': `https://host/v1?key=${marker}`,
    'url.query': `page=2&sig=${marker}`,
    note: 'see ?key=swordfish',
    'agento.redactions': 2,
    'agento.redaction.rules': ['url-credential'],
  });
});
