import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { TraceFiles } from '../src/trace-files.ts';
import { directory, json, protobuf, receiver, traceId } from './harness.ts';
import { ExportRequest, ExportResponse, Status } from './official-messages.ts';

async function post(body: string | Buffer, headers: Record<string, string>, { packed = false } = {}) {
  const answer = await fetch(`${receiver.url}/v1/traces`, {
    method: 'POST',
    body: new Uint8Array(packed ? gzipSync(body) : Buffer.from(body)),
    headers: packed ? { ...headers, 'content-encoding': 'gzip' } : headers,
  });
  const bytes = Buffer.from(await answer.arrayBuffer());
  if (headers['content-type'] === 'application/json') return [answer.status, JSON.parse(bytes.toString())];
  const type = answer.ok ? ExportResponse : Status;
  return [answer.status, type.decode(bytes).toJSON()];
}

const hex = (value: number, digits: number) => (value + 1).toString(16).padStart(digits, '0');
const spanIn = (trace: number, index: number) => ({
  traceId: hex(trace, 32),
  spanId: hex(index, 16),
  name: 'x',
});
const request = (spans: object[]) => ({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
const jsonOf = (spans: object[]) => JSON.stringify(request(spans));
function protobufOf(spans: object[]): Buffer {
  const withBytes = (value: unknown, key = ''): unknown => {
    if (Array.isArray(value)) return value.map((entry) => withBytes(entry));
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, withBytes(entry, name)]));
    return key === 'traceId' || key === 'spanId' ? Buffer.from(String(value), 'hex') : value;
  };
  const message = ExportRequest.fromObject(withBytes(request(spans)) as object);
  return Buffer.from(ExportRequest.encode(message).finish());
}
const many = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, index) => make(index));
/** A field of a protobuf message that holds these bytes. */
function field(number: number, content: Buffer): Buffer {
  const length: number[] = [];
  for (let rest = content.length; ; rest >>>= 7) {
    length.push(rest >= 128 ? (rest & 127) | 128 : rest);
    if (rest < 128) break;
  }
  return Buffer.concat([Buffer.from([number * 8 + 2, ...length]), content]);
}
const emptySpans = (count: number) => field(1, field(2, Buffer.alloc(count * 2, Buffer.from([0x12, 0]))));
const attributes = (count: number) =>
  many(count, (index) => ({ key: `k${index}`, value: { intValue: '1' } }));

describe('what is too much is refused before anything is built of it, and nothing is kept', () => {
  const tooMany = (what: string) => ({ code: 8, message: expect.stringContaining(what) });

  test.each([
    ['15 million empty spans, 30 KB gzipped', emptySpans(15_000_000), protobuf, 'More than 100000 spans'],
    [
      '4 million empty spans in JSON',
      `{"resourceSpans":[{"scopeSpans":[{"spans":[${'{},'.repeat(4e6)}{}]}]}]}`,
      json,
      'More than 100000 spans',
    ],
    [
      '4 million empty resources',
      `{"resourceSpans":[${'{},'.repeat(4e6)}{}]}`,
      json,
      'More than 10000 resources and scopes',
    ],
    [
      '2 million empty scopes',
      field(1, Buffer.alloc(4e6, Buffer.from([0x12, 0]))),
      protobuf,
      'More than 10000 resources and scopes',
    ],
    ['20,000 traces', jsonOf(many(20_000, (index) => spanIn(index, index))), json, 'More than 10000 traces'],
    [
      'a span of 100,000 attributes',
      jsonOf([{ ...spanIn(0, 0), attributes: attributes(100_000) }]),
      json,
      'values in a span',
    ],
    [
      'the same in protobuf',
      protobufOf([{ ...spanIn(0, 0), attributes: attributes(100_000) }]),
      protobuf,
      'values in a span',
    ],
    [
      'a span of lists in lists',
      `{"resourceSpans":[{"scopeSpans":[{"spans":[{"a":${'['.repeat(8e6)}`,
      json,
      'values in a span',
    ],
    [
      '5 million unknown fields',
      `{${'"a":1,'.repeat(5e6)}"b":1}`,
      json,
      'values in a span, resource or scope',
    ],
    [
      '15 million unknown fields in protobuf',
      Buffer.alloc(30e6, Buffer.from([0x18, 1])),
      protobuf,
      'values in a span, resource or scope',
    ],
    ['a span of 25 MB', jsonOf([{ ...spanIn(0, 0), name: 'x'.repeat(26e6) }]), json, 'bytes in a span'],
    [
      'a span that escapes make large',
      protobufOf([{ ...spanIn(0, 0), name: '\u0001'.repeat(5e6) }]),
      protobuf,
      'bytes in a span',
    ],
    [
      'a resource of 1 MB',
      JSON.stringify({ resourceSpans: [{ x: 'x'.repeat(1e6) }] }),
      json,
      'bytes in a resource or scope',
    ],
  ])('%s', async (_name, body, headers, what) => {
    expect(await post(body, headers, { packed: true })).toEqual([413, tooMany(what)]);
    expect(await readdir(directory)).toEqual([]);
  });

  test('values nested without end in a span, which costs the other spans nothing', async () => {
    const value = (depth: number) => `${'{"arrayValue":{"values":['.repeat(depth)}${']}}'.repeat(depth)}`;
    const deep = `{"traceId":"${traceId}","spanId":"${hex(1, 16)}","attributes":[{"key":"k","value":${value(500)}}]}`;
    const body = jsonOf([spanIn(0, 0)]).replace('[{"traceId"', `[${deep},{"traceId"`);

    expect(await post(body, json)).toEqual([
      200,
      {
        partialSuccess: {
          rejectedSpans: '1',
          errorMessage: expect.stringMatching(/spans\[0\].{1,400} is nested deeper than 100 levels$/),
        },
      },
    ]);
    expect(await readdir(directory)).toEqual([`${hex(0, 32)}.jsonl`]);
  });
});

describe('large batches that exporters send are kept whole', () => {
  const ids = async () => {
    const files = await readdir(directory);
    const texts = await Promise.all(files.map((file) => readFile(path.join(directory, file), 'utf8')));
    const lines = texts.flatMap((text) => text.trimEnd().split('\n'));
    return new Set(lines.flatMap((line) => [...line.matchAll(/"spanId":"(\w+)"/g)].map(([, id]) => id)));
  };
  const text = 'plan goal '.repeat(30);
  const batch = many(8192, (index) => ({
    ...spanIn(index >> 6, index),
    attributes: many(8, (key) => ({ key: `k${key}`, value: { stringValue: text } })),
  }));

  test.each([
    ['8,192 spans of 3 KB in JSON', jsonOf(batch), json],
    ['the same in protobuf', protobufOf(batch), protobuf],
    ['8,192 spans, each of another trace', jsonOf(many(8192, (index) => spanIn(index, index))), json],
  ])('%s', async (_name, body, headers) => {
    expect(await post(body, headers)).toEqual([200, {}]);
    expect(await ids()).toEqual(new Set(batch.map(({ spanId }) => spanId)));
  });

  test('two prompts of 10 MB, each with its characters in one piece', async () => {
    const prompts = ['計画 "🫖"\n'.repeat(600_000), `${'x'.repeat(1_048_575 - 200)}🫖`.repeat(10)];
    const spans = prompts.map((prompt, index) => ({ ...spanIn(0, index), name: prompt }));

    expect(await post(protobufOf(spans), protobuf, { packed: true })).toEqual([200, {}]);

    const kept = await readFile(path.join(directory, `${hex(0, 32)}.jsonl`), 'utf8');
    const names = kept
      .trimEnd()
      .split('\n')
      .flatMap((line) =>
        JSON.parse(line).resourceSpans[0].scopeSpans[0].spans.map(({ name }: { name: string }) => name),
      );
    expect(names.map((name, index) => name === prompts[index])).toEqual([true, true]);
  });
});

describe('one bad span costs the others nothing', () => {
  const good = spanIn(0, 0);
  const bad: [string, unknown, string][] = [
    ['a trace id that is no hex', { traceId: 'x' }, 'traceId must be hex'],
    ['a span id that is no hex', { ...spanIn(0, 1), spanId: 'x' }, 'spanId must be hex'],
    ['a span id that is a number', { ...spanIn(0, 1), spanId: 5 }, 'spanId must be hex'],
    [
      'a time that is none',
      { ...spanIn(0, 1), startTimeUnixNano: 'now' },
      'startTimeUnixNano must be a 64-bit integer in decimal',
    ],
    [
      'a time that is a fraction',
      { ...spanIn(0, 1), endTimeUnixNano: 1.5 },
      'endTimeUnixNano must be a 64-bit integer in decimal',
    ],
    ['attributes that are no list', { ...spanIn(0, 1), attributes: {} }, 'attributes must be a list'],
    [
      'an attribute that is no object',
      { ...spanIn(0, 1), attributes: [1] },
      'attributes[0] must be an object',
    ],
    ['a name that is a number', { ...spanIn(0, 1), name: 5 }, 'name must be a string'],
    ['no object', 'x', 'must be an object'],
    ['null', null, 'must be an object'],
  ];

  test.each(bad)('in JSON: %s', async (_name, span, fault) => {
    const answer = await post(jsonOf([good, span as object, spanIn(0, 2)]), json);

    expect(answer).toEqual([
      200,
      { partialSuccess: { rejectedSpans: '1', errorMessage: expect.stringMatching(/spans\[1\]/) } },
    ]);
    expect(answer[1].partialSuccess.errorMessage).toContain(fault);
    expect(receiver.counts()).toEqual({ requests: 1, spans: 2, refused: 1 });
  });

  test('in protobuf, and the answer says so in protobuf', async () => {
    const [broken, fine] = [Buffer.from([0x0a, 0x7f]), protobufOf([good])];
    const scope = field(2, Buffer.concat([field(2, broken), field(2, Buffer.from([0x2a, 1, 0x41]))]));
    const body = Buffer.concat([fine, field(1, scope)]);

    expect(await post(body, protobuf)).toEqual([
      200,
      {
        partialSuccess: {
          rejectedSpans: '2',
          errorMessage: expect.stringMatching(
            /^1 spans have no valid trace id or span id; ExportTraceServiceRequest\.resourceSpans\[1\]\.scopeSpans\[0\]\.spans\[0\]: /,
          ),
        },
      },
    ]);
    expect(receiver.counts().spans).toBe(1);
  });

  test('nor does a broken resource cost the spans of another', async () => {
    const body = JSON.stringify({
      resourceSpans: [
        { resource: { attributes: 'x' }, scopeSpans: [{ spans: [spanIn(0, 1), spanIn(0, 2)] }] },
        { scopeSpans: [{ spans: [good] }] },
      ],
    });

    expect(await post(body, json)).toEqual([
      200,
      {
        partialSuccess: {
          rejectedSpans: '2',
          errorMessage:
            '2 spans are invalid, the first: ExportTraceServiceRequest.resourceSpans[0].resource.attributes must be a list',
        },
      },
    ]);
  });

  test('what is wrong is said in a bounded text that quotes nothing of the request', async () => {
    const [, answer] = await post(
      `{"resourceSpans":[{"scopeSpans":[{"spans":[{"name": Secret sentence},${JSON.stringify(good)}]}]}]}`,
      json,
    );

    expect(answer.partialSuccess.errorMessage).toBe(
      'ExportTraceServiceRequest.resourceSpans[0].scopeSpans[0].spans[0]: its values are not JSON',
    );
  });
});

describe('requests that are nearly right', () => {
  test.each([
    ['Application/JSON', 'GZIP'],
    ['application/json; charset=UTF-8', 'gzip'],
    ['APPLICATION/JSON;charset="utf-8"', 'x-gzip'],
  ])('Content-Type %s and Content-Encoding %s are taken', async (type, encoding) => {
    const answer = await fetch(`${receiver.url}/v1/traces`, {
      method: 'POST',
      body: new Uint8Array(gzipSync(jsonOf([spanIn(0, 0)]))),
      headers: { 'content-type': type, 'content-encoding': encoding },
    });

    expect([answer.status, await answer.json()]).toEqual([200, {}]);
  });

  test.each([
    [
      'snake_case',
      { resource_spans: [] },
      'ExportTraceServiceRequest.resource_spans must be written resourceSpans: OTLP JSON uses lowerCamelCase names',
    ],
    [
      'snake_case further in',
      { resourceSpans: [{ scope_spans: [] }] },
      'ExportTraceServiceRequest.resourceSpans[0].scope_spans must be written scopeSpans: OTLP JSON uses lowerCamelCase names',
    ],
    ['logs', { resourceLogs: [] }, 'The body has resourceLogs: this endpoint takes traces, in resourceSpans'],
    [
      'metrics',
      { resourceMetrics: [] },
      'The body has resourceMetrics: this endpoint takes traces, in resourceSpans',
    ],
    [
      'something else',
      { traces: [] },
      'The body has no resourceSpans: is it OTLP JSON, and a trace request?',
    ],
  ])('%s: a 400 that says what is wrong', async (_name, body, message) => {
    expect(await post(JSON.stringify(body), json)).toEqual([400, { code: 3, message }]);
  });

  test('logs in protobuf: a 400 that says what they may be', async () => {
    const record = Buffer.concat([
      Buffer.from([0x09, 1, 2, 3, 4, 5, 6, 7, 8]),
      field(3, Buffer.from('INFO')),
    ]);

    expect(await post(field(1, field(2, field(2, record))), protobuf)).toEqual([
      400,
      {
        code: 3,
        message: expect.stringContaining('Is it a trace request? This endpoint takes nothing else.'),
      },
    ]);
  });

  test.each([
    [
      'another charset',
      '{}',
      { 'content-type': 'application/json; charset=iso-8859-1' },
      415,
      'The charset of OTLP JSON must be utf-8',
    ],
    [
      'no UTF-8',
      Buffer.from([0x7b, 0xe9, 0x7d]),
      json,
      400,
      'The body is not UTF-8: OTLP JSON must be UTF-8',
    ],
    ['another address', '{}', json, 404, 'This receiver accepts only traces, at POST /v1/traces'],
  ])('%s', async (name, body, headers, status, message) => {
    const address = name === 'another address' ? '/v1/logs' : '/v1/traces';
    const sent = new Uint8Array(Buffer.from(body));
    const answer = await fetch(`${receiver.url}${address}`, { method: 'POST', body: sent, headers });

    expect([answer.status, await answer.json()]).toEqual([status, expect.objectContaining({ message })]);
  });
});

describe('a disk that takes nothing', () => {
  test('is answered with 503 and when to try again, and the next request is kept', async () => {
    await rm(directory, { recursive: true });
    const refused = await fetch(`${receiver.url}/v1/traces`, {
      method: 'POST',
      body: jsonOf([spanIn(0, 0)]),
      headers: json,
    });

    expect([refused.status, refused.headers.get('retry-after'), await refused.json()]).toEqual([
      503,
      '5',
      {
        code: 14,
        message: 'The spans could not be written (ENOENT): free disk space, or fix the traces folder',
      },
    ]);
    await new TraceFiles(directory).prepare();
    expect(await post(jsonOf([spanIn(0, 0)]), json)).toEqual([200, {}]);
  });
});
