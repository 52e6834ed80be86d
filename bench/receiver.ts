/**
 * What the embedded receiver spends on a request: CPU time, also as a ratio to an ordinary exporter's batch in the same
 * run, and the peak memory of its process (base: its memory before). Run with
 * `node bench/receiver.ts` (Linux).
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { eventually } from '@agento/chain';
import { cpuMs, median, residentMiB } from './measure.ts';

type Body = [kind: string, body: () => string | Buffer, type: string, atOnce?: number];

const rounds = 3;
const json = 'application/json';
const protobuf = 'application/x-protobuf';
const hex = (value: number, digits: number) => (value + 1).toString(16).padStart(digits, '0');
const request = (spans: string[]) => `{"resourceSpans":[{"scopeSpans":[{"spans":[${spans.join(',')}]}]}]}`;
const span = (trace: number, index: number, more = '') =>
  `{"traceId":"${hex(trace, 32)}","spanId":"${hex(index, 16)}","name":"x"${more}}`;
const many = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, index) => make(index));
const text = 'plan goal item criterion '.repeat(8);
const attributes = many(10, (index) => `{"key":"k${index}","value":{"stringValue":"${text}"}}`);

/** Protobuf: `resource_spans { scope_spans { (field) × count } }`, two bytes each. */
function empty(field: number, count: number): Buffer {
  const within = (content: Buffer, number: number) => {
    const length: number[] = [];
    for (let rest = content.length; ; rest >>>= 7) {
      length.push(rest >= 128 ? (rest & 127) | 128 : rest);
      if (rest < 128) break;
    }
    return Buffer.concat([Buffer.from([number * 8 + 2, ...length]), content]);
  };
  return within(within(Buffer.alloc(count * 2, Buffer.from([field * 8 + 2, 0])), 2), 1);
}

const ordinary: Body = [
  '512 spans of 2 KB',
  () => request(many(512, (index) => span(index >> 6, index, `,"attributes":[${attributes}]`))),
  json,
];
const bodies: Body[] = [
  ordinary,
  [
    '8,192 spans of 2 KB',
    () => request(many(8192, (index) => span(index >> 6, index, `,"attributes":[${attributes}]`))),
    json,
  ],
  ['8,192 spans of as many traces', () => request(many(8192, (index) => span(index, index))), json],
  [
    'a prompt of 10 MB',
    () =>
      request([span(0, 0, `,"attributes":[{"key":"p","value":{"stringValue":"${text.repeat(50_000)}"}}]`)]),
    json,
  ],
  ['15 million empty spans', () => empty(2, 15_000_000), protobuf],
  ['15 million empty spans, ten at once', () => empty(2, 15_000_000), protobuf, 10],
  [
    '4 million empty spans',
    () => `{"resourceSpans":[{"scopeSpans":[{"spans":[${'{},'.repeat(4e6)}{}]}]}]}`,
    json,
  ],
  ['8 million lists in lists', () => `{"resourceSpans":${'['.repeat(8_000_000)}`, json],
  ['8 million lists in lists in a span', () => request([`{"a":${'['.repeat(8_000_000)}`]), json],
  ['20,000 traces', () => request(many(20_000, (index) => span(index, index))), json],
  ['100,000 spans less one', () => request(many(99_999, (index) => span(index >> 8, index))), json],
  [
    '1.9 million values',
    () => request(many(19, (index) => span(0, index, `,"events":[${'{},'.repeat(49_000)}{}]`))),
    json,
  ],
  ['1 GB of zeros', () => Buffer.alloc(1_000_000_000), protobuf],
];

const directory = mkdtempSync(join(tmpdir(), 'agento-receiver-'));
const child = spawn(process.execPath, [join(import.meta.dirname, '../packages/receiver/src/server.ts')], {
  env: { PATH: process.env.PATH ?? '', PORT: '0', AGENTO_DATA_DIR: directory },
  stdio: ['ignore', 'pipe', 'inherit'],
});
const pid = child.pid ?? 0;
let said = '';
child.stdout.on('data', (chunk: Buffer) => {
  said += chunk.toString();
});

try {
  const url = await eventually(async () => /http:\S+\/v1\/traces/.exec(said)?.[0] ?? null, 'the receiver');
  let base = 0;
  console.log(`base ${residentMiB(pid).toFixed(0)} MiB`);
  for (const [kind, make, type, atOnce = 1] of bodies) {
    const unpacked = make();
    const body = gzipSync(unpacked);
    writeFileSync(`/proc/${pid}/clear_refs`, '5');
    const statuses = new Set<number>();
    const spent: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const before = cpuMs(pid);
      const sent = many(atOnce, () =>
        fetch(url, {
          method: 'POST',
          body: new Uint8Array(body),
          headers: { 'content-type': type, 'content-encoding': 'gzip' },
        }).then(async (answer) => {
          await answer.arrayBuffer();
          return answer.status;
        }),
      );
      for (const status of await Promise.all(sent)) statuses.add(status);
      spent.push((cpuMs(pid) - before) / atOnce);
    }
    const ms = median(spent);
    base ||= ms;
    const most = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
    console.log(
      `${kind.padEnd(36)} ${String([...statuses]).padStart(4)} ${(body.length / 1e3).toFixed(0).padStart(7)} KB of ` +
        `${(unpacked.length / 1e6).toFixed(1).padStart(6)} MB: ${ms.toFixed(0).padStart(5)} ms, ` +
        `${(ms / base).toFixed(1).padStart(5)} x ordinary, most ${most.toFixed(0).padStart(4)} MiB`,
    );
  }
} finally {
  child.kill();
  rmSync(directory, { recursive: true, force: true });
}
