import { readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { startReceiver } from '../src/index.ts';
import { directory, json, protobuf, receiver, traceId } from './harness.ts';
import { ExportRequest, ExportResponse, Status } from './official-messages.ts';

const otherTraceId = '0af7651916cd43dd8448eb211c80319c';

function post(body: string | Uint8Array, headers: Record<string, string>) {
  const sent = typeof body === 'string' ? body : new Uint8Array(body);
  return fetch(`${receiver.url}/v1/traces`, { method: 'POST', body: sent, headers });
}

async function linesOf(id: string): Promise<unknown[]> {
  const text = await readFile(path.join(directory, `${id}.jsonl`), 'utf8');
  expect(text.endsWith('\n')).toBe(true);
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

function request(...spans: object[]) {
  return { resourceSpans: [{ scopeSpans: [{ spans }] }] };
}
function span(id: string, name: string, spanId = 'eee19b7ec3c1b174') {
  return { traceId: id, spanId, name };
}
/** The same request as protobuf: ids and bytes become bytes, the rest stays. */
function encode(message: object): Buffer {
  return Buffer.from(ExportRequest.encode(ExportRequest.fromObject(message)).finish());
}

const everyKind = {
  resourceSpans: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'Agento-Module-1' } }] },
      scopeSpans: [
        {
          scope: { name: 'agento.module1', version: '1.1.0' },
          spans: [
            {
              traceId,
              spanId: 'eee19b7ec3c1b174',
              parentSpanId: 'eee19b7ec3c1b173',
              flags: 257,
              name: 'chat {model}',
              kind: 3,
              startTimeUnixNano: '1544712660000000000',
              endTimeUnixNano: '1544712661000000001',
              attributes: [
                { key: 'empty', value: { stringValue: '' } },
                { key: 'no', value: { boolValue: false } },
                { key: 'zero', value: { intValue: '0' } },
                { key: 'least', value: { intValue: '-9223372036854775808' } },
                { key: 'half', value: { doubleValue: 0.5 } },
                { key: 'nothing', value: { doubleValue: 'NaN' } },
                { key: 'bytes', value: { bytesValue: 'AP/+' } },
                { key: 'list', value: { arrayValue: { values: [{ stringValue: 'a' }, {}] } } },
                {
                  key: 'map',
                  value: { kvlistValue: { values: [{ key: 'k', value: { stringValue: 'é🙂' } }] } },
                },
              ],
              events: [{ timeUnixNano: '1544712660500000000', name: 'full_prompt' }],
              links: [{ traceId: otherTraceId, spanId: 'eee19b7ec3c1b175' }],
              droppedEventsCount: 2,
              status: { message: 'failed', code: 2 },
            },
          ],
        },
      ],
    },
  ],
};

/** `everyKind` with its ids and bytes as raw bytes, as an SDK holds them. */
function asMessage(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((entry) => asMessage(entry));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, asMessage(entry, name)]));
  }
  if (['traceId', 'spanId', 'parentSpanId'].includes(key)) return Buffer.from(String(value), 'hex');
  return value === 'NaN' ? Number.NaN : value;
}

describe('what is kept', () => {
  test('a protobuf request becomes one line of OTLP JSON with hex ids and decimal 64-bit integers', async () => {
    const answer = await post(encode(asMessage(everyKind) as object), protobuf);

    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/x-protobuf');
    expect(ExportResponse.decode(new Uint8Array(await answer.arrayBuffer())).toJSON()).toEqual({});
    expect(await linesOf(traceId)).toEqual([everyKind]);
  });

  test('a JSON request is kept in the same form, whatever number forms and cases it used', async () => {
    const answer = await post(
      JSON.stringify({
        unknownField: 1,
        resourceSpans: [
          {
            scopeSpans: [
              {
                spans: [
                  {
                    traceId: traceId.toUpperCase(),
                    spanId: 'EEE19B7EC3C1B174',
                    parentSpanId: '',
                    name: 'run_module_1',
                    kind: 1,
                    startTimeUnixNano: 1544712660000,
                    attributes: [
                      { key: 'a', value: { intValue: 7 } },
                      { key: 'b', value: { doubleValue: '1.5' } },
                      { key: 'c', value: null },
                    ],
                  },
                ],
              },
            ],
          },
        ],
      }),
      json,
    );

    expect([answer.status, await answer.json()]).toEqual([200, {}]);
    expect(await linesOf(traceId)).toEqual([
      request({
        traceId,
        spanId: 'eee19b7ec3c1b174',
        name: 'run_module_1',
        kind: 1,
        startTimeUnixNano: '1544712660000',
        attributes: [
          { key: 'a', value: { intValue: '7' } },
          { key: 'b', value: { doubleValue: 1.5 } },
          { key: 'c' },
        ],
      }),
    ]);
  });

  test('spans of several traces are divided, each under its own resource and scope', async () => {
    const scope = { name: 'agento.module2' };
    const sent = {
      resourceSpans: [
        {
          resource: { attributes: [{ key: 'module.number', value: { intValue: '2' } }] },
          scopeSpans: [
            { scope, spans: [span(traceId, 'a'), span(otherTraceId, 'b'), span(traceId, 'c')] },
            { spans: [span(otherTraceId, 'd')] },
          ],
        },
      ],
    };
    await post(JSON.stringify(sent), json);

    const { resource } = sent.resourceSpans[0] as { resource: object };
    expect(await linesOf(traceId)).toEqual([
      {
        resourceSpans: [
          { resource, scopeSpans: [{ scope, spans: [span(traceId, 'a'), span(traceId, 'c')] }] },
        ],
      },
    ]);
    expect(await linesOf(otherTraceId)).toEqual([
      {
        resourceSpans: [
          {
            resource,
            scopeSpans: [{ scope, spans: [span(otherTraceId, 'b')] }, { spans: [span(otherTraceId, 'd')] }],
          },
        ],
      },
    ]);
  });

  test('many requests for one trace at once leave one whole line each', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `span ${index} ${'x'.repeat(20_000)}`);
    await Promise.all(
      names.map((name) =>
        post(gzipSync(JSON.stringify(request(span(traceId, name)))), { ...json, 'content-encoding': 'gzip' }),
      ),
    );

    const kept = await linesOf(traceId);
    expect(kept.map((line) => JSON.stringify(line)).toSorted()).toEqual(
      names.map((name) => JSON.stringify(request(span(traceId, name)))).toSorted(),
    );
    expect(receiver.counts()).toEqual({ requests: 40, spans: 40, refused: 0 });
  });

  test('files and folder can be read by their owner only', async () => {
    await post(JSON.stringify(request(span(traceId, 'a'))), json);

    const modes = [directory, path.join(directory, `${traceId}.jsonl`)].map(
      async (file) => (await stat(file)).mode & 0o777,
    );
    expect(await Promise.all(modes)).toEqual([0o700, 0o600]);
  });
});

describe('what is refused', () => {
  test('spans without a valid id are rejected by number, and the others kept', async () => {
    const bad = ['../../etc/passwd', '0'.repeat(32), 'abcd', undefined].map((id) => ({
      traceId: id,
      name: 'x',
    }));
    const hex = bad.map((entry) => (entry.traceId?.startsWith('.') ? { name: 'x' } : entry));
    const answer = await post(JSON.stringify(request(...hex, span(traceId, 'good'))), json);

    expect([answer.status, await answer.json()]).toEqual([
      200,
      { partialSuccess: { rejectedSpans: '4', errorMessage: '4 spans have no valid trace id or span id' } },
    ]);
    expect(await readdir(directory)).toEqual([`${traceId}.jsonl`]);
    expect(receiver.counts()).toEqual({ requests: 1, spans: 1, refused: 1 });
  });

  test.each([
    [
      'an id that is no hex',
      JSON.stringify(request({ traceId: '../../etc/passwd' })),
      json,
      400,
      3,
      'ExportTraceServiceRequest.resourceSpans[0].scopeSpans[0].spans[0].traceId must be hex',
    ],
    [
      'an enum by name',
      JSON.stringify(request({ kind: 'SPAN_KIND_CLIENT' })),
      json,
      400,
      3,
      'ExportTraceServiceRequest.resourceSpans[0].scopeSpans[0].spans[0].kind must be an integer',
    ],
    ['a list where an object belongs', '[]', json, 400, 3, 'ExportTraceServiceRequest must be an object'],
    [
      'an unknown content encoding',
      '{}',
      { ...json, 'content-encoding': 'br' },
      415,
      3,
      'Content-Encoding br is not supported: send gzip or none',
    ],
    [
      'a body that unpacks too large',
      gzipSync(Buffer.alloc(33 * 1024 * 1024, ' ')),
      { ...json, 'content-encoding': 'gzip' },
      413,
      8,
      'The body unpacks to more than 33554432 bytes',
    ],
    [
      'another content type',
      '{}',
      { 'content-type': 'text/plain' },
      415,
      3,
      'Content-Type must be application/x-protobuf or application/json',
    ],
  ])('%s', async (_name, body, headers, status, code, message) => {
    const answer = await post(body, headers);

    expect([answer.status, answer.headers.get('content-type'), await answer.json()]).toEqual([
      status,
      'application/json; charset=utf-8',
      { code, message },
    ]);
    expect(receiver.counts()).toEqual({ requests: 1, spans: 0, refused: 1 });
  });

  test.each([
    ['cut JSON', '{"resourceSpans": [', json],
    ['a body that is no gzip', '{}', { ...json, 'content-encoding': 'gzip' }],
    [
      'values nested without end',
      `{"resourceSpans":[{"resource":{"attributes":[{"key":"k","value":${'{"arrayValue":{"values":['.repeat(500)}${']}}'.repeat(500)}}]}}]}`,
      json,
    ],
  ])('%s', async (_name, body, headers) => {
    const answer = await post(body, headers);

    expect([answer.status, await answer.json()]).toEqual([400, { code: 3, message: expect.any(String) }]);
  });

  test('broken protobuf, with a google.rpc.Status in protobuf', async () => {
    const answer = await post(Buffer.from([0x0a, 0xff, 0xff, 0xff]), protobuf);

    expect([answer.status, answer.headers.get('content-type')]).toEqual([400, 'application/x-protobuf']);
    expect(Status.decode(new Uint8Array(await answer.arrayBuffer())).toJSON()).toEqual({
      code: 3,
      message: expect.stringContaining('The body is not protobuf'),
    });
  });
});

describe('the process', () => {
  test('takes more requests than it reads at once, also after some have gone away', async () => {
    const leaving = Array.from({ length: 12 }, () => {
      const body = new ReadableStream({ start: (controller) => controller.enqueue(Buffer.from('{')) });
      const abort = new AbortController();
      const sent = fetch(`${receiver.url}/v1/traces`, {
        method: 'POST',
        body,
        headers: json,
        duplex: 'half',
        signal: abort.signal,
      }).catch(() => 'gone');
      return { abort, sent };
    });
    await fetch(`${receiver.url}/livez`);
    for (const { abort } of leaving) abort.abort();
    expect(await Promise.all(leaving.map(({ sent }) => sent))).toEqual(leaving.map(() => 'gone'));

    const answers = Array.from({ length: 12 }, (_, index) =>
      post(JSON.stringify(request(span(traceId, `span ${index}`))), json).then(({ status }) => status),
    );

    expect(await Promise.all(answers)).toEqual(answers.map(() => 200));
  });

  test('says on /livez that it is there, and what it took', async () => {
    await post(JSON.stringify(request(span(traceId, 'a'))), json);

    expect(await (await fetch(`${receiver.url}/livez`)).json()).toEqual({
      status: 'ok',
      requests: 1,
      spans: 1,
      refused: 0,
    });
  });

  test('says clearly that its port is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;

    await expect(startReceiver({ host: '127.0.0.1', port, directory })).rejects.toThrow(
      `Port ${port} on 127.0.0.1 is in use: is another receiver or collector running? ` +
        'Stop it, or point the services at it with OTEL_EXPORTER_OTLP_ENDPOINT.',
    );
    other.close();
  });
});

test('A link in the place of a trace leads to no other file.', async () => {
  const id = 'b7ad6b7169203331b7ad6b7169203331';
  const elsewhere = path.join(directory, 'elsewhere.txt');
  await writeFile(elsewhere, 'its own');
  await symlink(elsewhere, path.join(directory, `${id}.jsonl`));

  const answer = await post(JSON.stringify(request(span(id, 'a'))), json);

  expect(answer.ok).toBe(false);
  expect(await readFile(elsewhere, 'utf8')).toBe('its own');
});
