import { json } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { checkModel } from '../src/doctor/model.ts';
import { serve, serving } from './answering.ts';

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
  [
    401,
    '{"error": {"message": "Incorrect API key provided: a-key-1234."}}',
    'URL/models answers 401: Incorrect API key provided: ***REDACTED***. (it rejects the key)',
    'check OPENAI_API_KEY',
  ],
  [500, '', 'URL/models answers 500', 'try again; if it persists, ask whoever runs the endpoint'],
  [
    502,
    `<html><head><title>Bad gateway</title></head>${'x'.repeat(5_000)}`,
    'URL/models answers 502: a web page, “Bad gateway”',
    'try again; if it persists, ask whoever runs the endpoint',
  ],
  [
    503,
    `\u001b[2J${'no '.repeat(5_000)}`,
    `URL/models answers 503: ${'no '.repeat(70).slice(0, 200)}…`,
    'try again; if it persists, ask whoever runs the endpoint',
  ],
])(
  'A model endpoint that answers %i is shown with what it says, bounded',
  async (status, body, found, remedy) => {
    const { url } = await serve(status, body);
    const diagnosis = await checkModel({ name: 'm', url, offline: false }, 'a-key-1234');
    expect({ ...diagnosis, found: diagnosis.found.replace(url, 'URL') }).toEqual({
      ok: false,
      found,
      remedy,
    });
  },
);

const completion = '{"choices": [{"message": {"content": "O"}}]}';
const pathIsWrong = 'check OPENAI_BASE_URL: it usually ends in /v1';
test.each([
  [404, '', 200, completion, 'm at URL, which lists no models and answers a call for one token', undefined],
  [405, '', 200, completion, 'm at URL, which lists no models and answers a call for one token', undefined],
  [501, '', 200, completion, 'm at URL, which lists no models and answers a call for one token', undefined],
  [403, '', 200, completion, 'm at URL, which lists no models and answers a call for one token', undefined],
  [
    200,
    'Running',
    200,
    completion,
    'm at URL, which lists no models and answers a call for one token',
    undefined,
  ],
  [404, '', 400, 'output limit was reached', 'm at URL, which lists no models and takes calls', undefined],
  [
    404,
    '',
    401,
    '{"detail": "no such key"}',
    'URL/chat/completions answers 401: no such key (it rejects the key)',
    'check OPENAI_API_KEY',
  ],
  [
    404,
    '',
    404,
    '[{"error": "no model m"}]',
    'URL/chat/completions answers 404: no model m',
    'check OPENAI_BASE_URL, which usually ends in /v1, and AGENTO_MODEL',
  ],
  [
    200,
    '<!DOCTYPE html><title>A router</title>',
    200,
    '<!DOCTYPE html><title>A router</title>',
    'URL/chat/completions answers a web page, “A router”',
    pathIsWrong,
  ],
  [
    404,
    '',
    200,
    '{"ok": 1}',
    'URL/chat/completions answers without a chat completion: {"ok": 1}',
    pathIsWrong,
  ],
])('An endpoint that answers %i %j to a list is asked for one token; with %i %j', async (...given) => {
  const [listStatus, list, status, body, found, remedy] = given;
  const calls: unknown[] = [];
  const url = await serving(async (request, response) => {
    if (request.method === 'GET') return response.writeHead(listStatus).end(list);
    calls.push(await json(request));
    return response.writeHead(status).end(body);
  });

  const diagnosis = await checkModel({ name: 'm', url, offline: false }, 'k');
  expect({ ...diagnosis, found: diagnosis.found.replace(url, 'URL') }).toEqual({
    ok: remedy === undefined,
    found,
    ...(remedy && { remedy }),
  });
  expect(calls).toEqual([
    { model: 'm', messages: [{ role: 'user', content: 'Say OK.' }], max_completion_tokens: 1 },
  ]);
});

test('A model at an address with a password is asked with it, and shown without', async () => {
  const { url, asked } = await serve(200, '{"data": [null, {"id": 5}, {"id": "m"}]}');
  const address = url.replace('//', '//me:pass-word-1@');
  const { found } = await checkModel(
    { name: 'm', url: `${address}/v1?key=in-the-query`, offline: false },
    undefined,
  );
  expect(found).toBe(`m at ${url}/v1?key=***REDACTED***`);
  expect(asked).toEqual(['GET /v1/models?key=in-the-query Basic bWU6cGFzcy13b3JkLTE= -']);
});

test('An endpoint that knows the older name of the limit alone is asked by that', async () => {
  const limits: string[] = [];
  const url = await serving(async (request, response) => {
    if (request.method === 'GET') return response.writeHead(404).end();
    const body = (await json(request)) as object;
    limits.push(...Object.keys(body).slice(2));
    const known = 'max_tokens' in body;
    return response
      .writeHead(known ? 200 : 422)
      .end(known ? completion : 'max_completion_tokens: unknown field');
  });
  expect((await checkModel({ name: 'm', url, offline: false }, 'k')).ok).toBe(true);
  expect(limits).toEqual(['max_completion_tokens', 'max_tokens']);
});
