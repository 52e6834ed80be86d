/**
 * What delivery costs: CPU per span without any exporter, with the SDK's BatchSpanProcessor and
 * OTLPTraceExporter, and with Agento's delivery. Each turn is a process of its own, sends the same spans to a
 * receiver that only counts bytes, and turns alternate, so that all meet the same machine. Run by
 * `node bench/delivery.ts`.
 */
import { execFile } from 'node:child_process';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';

const rounds = 5;
const kinds = ['none', 'sdk', 'delivery'] as const;
const workload = path.join(import.meta.dirname, '../packages/delivery/test/workload.ts');

let bytes = 0;
let requests = 0;
const receiver = http.createServer((request, response) => {
  requests += 1;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
  });
  request.on('end', () => response.end());
});
await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/v1/traces`;

const turns: Record<string, { cpuUs: number; bytes: number; requests: number; maxRssMiB: number }[]> = {};
for (let round = 0; round < rounds; round += 1) {
  for (const kind of kinds) {
    bytes = 0;
    requests = 0;
    const { stdout } = await promisify(execFile)(process.execPath, [workload, url, kind]);
    const { spans, cpuMs, maxRssMiB } = JSON.parse(stdout) as Record<'spans' | 'cpuMs' | 'maxRssMiB', number>;
    turns[kind] ??= [];
    turns[kind].push({ cpuUs: (cpuMs / spans) * 1_000, bytes, requests, maxRssMiB });
  }
}
receiver.close();

for (const [kind, results] of Object.entries(turns)) {
  const median = (of: 'cpuUs' | 'bytes' | 'requests' | 'maxRssMiB') =>
    results.map((turn) => turn[of]).sort((one, other) => one - other)[Math.floor(rounds / 2)] ?? 0;
  console.log(
    `${kind.padEnd(9)} ${median('cpuUs').toFixed(0).padStart(5)} µs CPU a span, ` +
      `${(median('bytes') / 1_000).toFixed(0).padStart(6)} KB in ${median('requests')} requests, ` +
      `${median('maxRssMiB').toFixed(0)} MiB at most`,
  );
}
