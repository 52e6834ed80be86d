/** Hostile requests, by kind: to a module's `POST /run`, and to the receiver's `POST /v1/traces`. */
import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';

export interface RawRequest {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  body: string | Buffer;
}

const json = { 'content-type': 'application/json' };
const run = (body: object | string, headers: Record<string, string> = json): RawRequest => ({
  headers,
  body: typeof body === 'string' ? body : JSON.stringify(body),
});
const pem = '-----BEGIN PRIVATE KEY-----';
const goal = 'Open a repair café in a small town';
const fill = (text: string, length: number) => text.repeat(Math.ceil(length / text.length)).slice(0, length);

/** To module 1, which is the only module. */
export const requests: [string, RawRequest][] = [
  ['64 KB of private keys as a field name', run({ goal, [fill(pem, 64_000)]: 1 })],
  ['32 KB of private keys in the context', run({ goal, stop_after: 1, context: fill(pem, 32_000) })],
  ['250 KB of private keys in the context', run({ goal, stop_after: 1, context: fill(pem, 250_000) })],
  ['950 KB of letters as a field name', run({ goal, [fill('field', 950_000)]: 1 })],
  ...[
    'password=',
    'Bearer ',
    'eyJ',
    '"\\"',
    'a:b@',
    'https://',
    'AKIA',
    '%25',
    '-',
    '=',
    "'",
    '\\\\',
    'sk-',
    '0',
  ].map((opener): [string, RawRequest] => [
    `250 KB of ${opener} in the context`,
    run({ goal, stop_after: 1, context: fill(opener, 250_000) }),
  ]),
  [
    '90,000 unknown fields',
    run({ goal, ...Object.fromEntries(Array.from({ length: 90_000 }, (_, index) => [`f${index}`, 1])) }),
  ],
  ['nested 500,000 deep', run(`{"goal":${'['.repeat(500_000)}`)],
  ['nested 450,000 deep, closed', run(`{"goal":${'['.repeat(450_000)}${']'.repeat(450_000)}}`)],
  ['Host: evil.example', run({ goal, stop_after: 1 }, { ...json, host: 'evil.example' })],
  ['Origin: https://evil.example', run({ goal, stop_after: 1 }, { ...json, origin: 'https://evil.example' })],
  ['sec-fetch-site: cross-site', run({ goal, stop_after: 1 }, { ...json, 'sec-fetch-site': 'cross-site' })],
  [
    'charset=iso-8859-1',
    run({ goal, stop_after: 1 }, { 'content-type': 'application/json; charset=iso-8859-1' }),
  ],
  [
    'invalid UTF-8',
    {
      headers: json,
      body: Buffer.concat([
        Buffer.from('{"goal":"Caf'),
        Buffer.from([0xe9]),
        Buffer.from('","stop_after":1}'),
      ]),
    },
  ],
  ['Content-Type: Application/JSON', run({ goal, stop_after: 1 }, { 'content-type': 'Application/JSON' })],
  [
    'a gzip body',
    {
      headers: { ...json, 'content-encoding': 'gzip' },
      body: gzipSync(JSON.stringify({ goal, stop_after: 1 })),
    },
  ],
  [
    'prefers JSON to events',
    run({ goal, stop_after: 1 }, { ...json, accept: 'application/json, text/event-stream;q=0.5' }),
  ],
  ['a malformed URL', { method: 'GET', path: '/runs/%ff/artifacts/%', body: '' }],
];

/** To module 2, from an output of module 1: near the limit of 1 MiB. */
export function outputs(output: object): [string, () => RawRequest][] {
  const { selected_criteria: criteria = [], usage: [entry] = [] } = output as Record<string, object[]>;
  const make = (more: object) => () => run({ ...output, stop_after: 2, run_id: randomUUID(), ...more });
  /** As long as strings may be, as often as the body has room for it. */
  const reasons = (text: string) => {
    const reasoning = fill(
      text,
      Math.floor(950_000 / criteria.length / (JSON.stringify(text).length - 2)) * text.length,
    );
    return make({ selected_criteria: criteria.map((criterion) => ({ ...criterion, reasoning })) });
  };
  return [
    ['1 MB of prose', reasons('The café opens on Saturdays. ')],
    ['1 MB of private keys', reasons(pem)],
    ['1 MB of password=', reasons('password=a1b2c3d4e5 ')],
    ['1 MB of password="\\', reasons('password="\\')],
    ['1 MB of ~1%2F\\/', reasons('~1%2F\\/')],
    ['1 MB of short lines', reasons('s\nk\n-\no\n')],
    ['a string of 950 KB', make({ search_summary: fill('The café opens. ', 950_000) })],
    ['a field name of 950 KB', make({ [fill('field', 950_000)]: 1 })],
    ['500,000 numbers', make({ selected_criteria: Array(500_000).fill(1) })],
    ['2,500 criteria', make({ all_criteria: Array(2_500).fill(criteria[0]) })],
    ['6,000 entries of usage', make({ usage: Array(6_000).fill(entry) })],
    ['340,000 lists', () => run(`{"goal":"g","usage":[${fill('[],', 1_020_000).slice(0, -2)}]]}`)],
  ];
}

/** `resource_spans { scope_spans { spans: (empty) × count } }`: two bytes a span, a thousandth of that gzipped. */
function emptySpans(count: number): Buffer {
  const spans = Buffer.alloc(count * 2);
  for (let at = 0; at < spans.length; at += 2) spans[at] = 0x12;
  return field(1, field(2, spans));
}

function field(number: number, content: Buffer): Buffer {
  const length: number[] = [];
  for (let rest = content.length; ; rest = Math.floor(rest / 128)) {
    length.push(rest >= 128 ? (rest % 128) + 128 : rest);
    if (rest < 128) break;
  }
  return Buffer.concat([Buffer.from([number * 8 + 2, ...length]), content]);
}

const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');
const spansOf = (spans: string) => `{"resourceSpans":[{"scopeSpans":[{"spans":[${spans}]}]}]}`;
const span = (trace: number, more = '') =>
  `{"traceId":"${hex(trace + 1, 32)}","spanId":"${hex(trace + 1, 16)}","name":"x"${more}}`;
const protobuf = { 'content-type': 'application/x-protobuf' };
const gzipped = (body: Buffer | string, type: Record<string, string>): RawRequest => ({
  path: '/v1/traces',
  headers: { ...type, 'content-encoding': 'gzip' },
  body: gzipSync(body),
});
const plain = (body: string): RawRequest => ({ path: '/v1/traces', headers: json, body });

export const exports: [string, () => RawRequest][] = [
  ['15 million empty spans', () => gzipped(emptySpans(15_000_000), protobuf)],
  ['4 million empty spans', () => gzipped(emptySpans(4_000_000), protobuf)],
  ['4 million empty spans in JSON', () => gzipped(spansOf(fill('{},', 12_000_000).slice(0, -1)), json)],
  ['8 million lists in lists', () => gzipped(`{"resourceSpans":${'['.repeat(8_000_000)}`, json)],
  [
    '20,000 trace ids',
    () => plain(spansOf(Array.from({ length: 20_000 }, (_, index) => span(index)).join(','))),
  ],
  [
    '100,000 attributes of a span',
    () =>
      plain(
        spansOf(
          span(
            1,
            `,"attributes":[${Array.from({ length: 100_000 }, (_, index) => `{"key":"k${index}","value":{"intValue":"1"}}`).join(',')}]`,
          ),
        ),
      ),
  ],
  ['1 GB of zeros, gzipped', () => gzipped(Buffer.alloc(1_000_000_000), protobuf)],
  [
    'Application/JSON; GZIP',
    () => ({
      path: '/v1/traces',
      headers: { 'content-type': 'Application/JSON', 'content-encoding': 'GZIP' },
      body: gzipSync(spansOf(span(1))),
    }),
  ],
  ['one bad span beside a good one', () => plain(spansOf(`${span(1)},{"traceId":"x"}`))],
  ['resource_spans', () => plain('{"resource_spans":[]}')],
  ['a body of logs', () => plain('{"resourceLogs":[]}')],
];
