import { brotliCompressSync, gzipSync } from 'node:zlib';
import { limits } from '@agento/contracts';
import { afterEach, describe, expect, test } from 'vitest';
import { closeAll, eventsOf, tiny } from './harness.ts';

afterEach(closeAll);

const note = async () => 'Rent a room.';
const json = 'application/json';

async function post(payload: Buffer | string, headers: Record<string, string> = {}) {
  const { app } = await tiny(note);
  const response = await app.inject({
    method: 'POST',
    url: '/run',
    headers: { 'content-type': json, ...headers },
    payload,
  });
  return { status: response.statusCode, headers: response.headers, payload: response.payload };
}

const detailOf = ({ payload }: { payload: string }) => (JSON.parse(payload) as { detail: string }).detail;

describe('The text of a body', () => {
  test.each([
    'application/json',
    'Application/JSON',
    'application/json; charset=utf-8',
    'application/json;charset="UTF-8"',
    'application/json; charset=utf8',
  ])('is taken as %s.', async (type) => {
    const { status, payload } = await post('{"goal":"Café"}', { 'content-type': type });

    expect([status, (JSON.parse(payload) as { goal: string }).goal]).toEqual([200, 'Café']);
  });

  test.each(['iso-8859-1', 'utf-16', 'windows-1252', 'us-ascii', 'x'.repeat(500)])(
    'in the charset %s is 415.',
    async (charset) => {
      const answer = await post('{"goal":"g"}', { 'content-type': `${json}; charset=${charset}` });

      expect(answer.status).toBe(415);
      expect(detailOf(answer)).toBe(
        `Send the input in UTF-8: the charset ${charset.slice(0, 40)} is not supported`,
      );
    },
  );

  test.each<[string, Buffer]>([
    ['Latin-1', Buffer.from('{"goal":"Caf\xe9"}', 'latin1')],
    ['UTF-16', Buffer.from('\ufeff{"goal":"g"}', 'utf16le')],
    [
      'half a character',
      Buffer.concat([Buffer.from('{"goal":"'), Buffer.from([0xe2, 0x82]), Buffer.from('"}')]),
    ],
    [
      'a surrogate by itself',
      Buffer.concat([Buffer.from('{"goal":"'), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from('"}')]),
    ],
  ])('that is %s is 400.', async (_what, body) => {
    const answer = await post(body);

    expect([answer.status, detailOf(answer)]).toEqual([400, 'The body is not valid UTF-8']);
  });

  test('may begin with a byte order mark.', async () => {
    expect((await post('\ufeff{"goal":"g"}')).status).toBe(200);
  });

  test.each(['gzip', 'GZIP', 'x-gzip'])('may be compressed with %s.', async (encoding) => {
    expect((await post(gzipSync('{"goal":"g"}'), { 'content-encoding': encoding })).status).toBe(200);
  });

  test.each(['br', 'deflate', 'gzip, gzip', 'x'.repeat(500)])(
    'that is encoded as %s is 415 that says what is taken.',
    async (encoding) => {
      const answer = await post(brotliCompressSync('{"goal":"g"}'), { 'content-encoding': encoding });

      expect(answer.status).toBe(415);
      expect(detailOf(answer)).toBe(
        `Send the input uncompressed or with content-encoding: gzip; ${encoding.slice(0, 40)} is not supported`,
      );
    },
  );

  test('that is no gzip, or too long when unpacked, is refused.', async () => {
    const gzip = { 'content-encoding': 'gzip' };

    expect((await post('{"goal":"g"}', gzip)).status).toBe(400);
    expect((await post(gzipSync('{"goal":"g"}').subarray(0, 20), gzip)).status).toBe(400);
    expect((await post(gzipSync(' '.repeat(limits.body + 1)), gzip)).status).toBe(413);
  });
});

describe('The shape of a body', () => {
  test('nested a hundred deep is looked at, deeper not.', async () => {
    const nested = (depth: number) => `{"goal":${'['.repeat(depth)}${']'.repeat(depth)}}`;

    expect(detailOf(await post(nested(99)))).toBe('/goal: must be string');
    expect(detailOf(await post(nested(100)))).toBe('The body is nested deeper than 100 levels');
    expect((await post(nested(500_000))).status).toBe(400);
    expect((await post(`{"goal":"${'['.repeat(200)}${'\\"{'.repeat(200)}\\\\"}`)).status).toBe(200);
  });

  test('of more values, or with a longer string, than any run has is not built.', async () => {
    const list = (count: number) => `{"goal":[${Array(count).fill(1).join()}]}`;
    const string = (length: number) => `{"goal":1,"context":"${'x'.repeat(length)}"}`;

    expect(detailOf(await post(list(190_000)))).toBe('/goal: must be string');
    expect(detailOf(await post(list(210_000)))).toBe('The body has more than 200000 values');
    expect(detailOf(await post(string(524_288)))).toBe('/goal: must be string');
    expect(detailOf(await post(string(524_289)))).toBe(
      'The body has a string of more than 524288 characters',
    );
  });

  test('with more fields than anybody means is refused as such.', async () => {
    const fields = Object.fromEntries(Array.from({ length: 90_000 }, (_, index) => [`f${index}`, 1]));

    const answer = await post(JSON.stringify({ goal: 'g', ...fields }));

    expect([answer.status, detailOf(answer)]).toEqual([400, 'must have at most 1000 fields, has 90001']);
  });

  test.each([
    '{"goal":"g","__proto__":{"a":1}}',
    '{"goal":"g","constructor":{"prototype":{}}}',
    '{"goal":"g","__proto\\u005f_":1}',
  ])('that reaches for a prototype is 400: %s', async (body) => {
    expect((await post(body)).status).toBe(400);
    expect(({} as { a?: number }).a).toBeUndefined();
  });

  test('with a field twice counts as JSON readers have it: the last one.', async () => {
    const { payload } = await post('{"goal":"first","goal":"second"}');

    expect((JSON.parse(payload) as { goal: string }).goal).toBe('second');
  });

  test.each([`-----BEGIN PRIVATE KEY-----`, 'field', 'password=', '/~', '"\\'])(
    'with a name of half a megabyte of %j is refused in a few kB.',
    async (text) => {
      const name = text.repeat(Math.ceil(500_000 / text.length));

      const answer = await post(JSON.stringify({ goal: 'g', [name]: 1 }));

      expect([answer.status, answer.payload.length < 6_000]).toEqual([400, true]);
    },
  );
});

describe('What the caller accepts', () => {
  test.each([
    [undefined, json],
    ['', json],
    ['*/*', json],
    ['application/*', json],
    ['application/json', json],
    ['application/json, text/event-stream;q=0.5', json],
    ['text/event-stream;q=0.5, application/json', json],
    ['application/json, text/event-stream', json],
    ['text/event-stream;q=0, */*', json],
    ['text/html, application/json;q=0.9, */*;q=0.8', json],
    ['text/event-stream', 'text/event-stream'],
    ['TEXT/Event-Stream', 'text/event-stream'],
    ['text/event-stream, application/json', 'text/event-stream'],
    ['text/event-stream, */*;q=0.1', 'text/event-stream'],
    ['application/json;q=0.5, text/*', 'text/event-stream'],
  ])('%j gets %s.', async (accept, type) => {
    const { status, headers, payload } = await post('{"goal":"g"}', accept === undefined ? {} : { accept });

    expect([status, String(headers['content-type']).split(';')[0]]).toEqual([200, type]);
    if (type !== json) expect(eventsOf(payload).at(-1)?.[0]).toBe('run.finished');
  });

  test.each(['text/html', 'image/*', 'application/json;q=0', 'nonsense'])(
    '%s is nothing we have, and no run.',
    async (accept) => {
      const answer = await post('{"goal":"g"}', { accept });

      expect(answer.status).toBe(406);
      expect(detailOf(answer)).toBe(
        'Responses are application/json or text/event-stream: accept one of them',
      );
    },
  );
});
