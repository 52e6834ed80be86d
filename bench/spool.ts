/**
 * The cost of reading a spool file written by somebody else: CPU of one synchronous turn and the process's memory, for
 * 8 MiB (the largest file that is read) of content that is expensive to read, and of our own spans. Run with
 * `node bench/spool.ts`; it fails if a turn takes more than 250 ms or the process more than 400 MiB.
 */
import { wholeSpans } from '../packages/delivery/src/whole-spans.ts';

const size = 8 * 1024 * 1024;
const mostMs = 250;
const mostMiB = 400;

/** A length-delimited field of that number around the content, of at most 2 ** 28 bytes. */
function field(number: number, content: Uint8Array): Buffer {
  const length: number[] = [];
  for (let left = content.length; ; left = Math.floor(left / 128)) {
    length.push(left < 128 ? left : (left % 128) + 128);
    if (left < 128) break;
  }
  return Buffer.concat([Buffer.from([number * 8 + 2, ...length]), content]);
}

const filled = (...bytes: number[]) => Buffer.alloc(size - 32, Buffer.from(bytes));
const span = Buffer.concat([
  field(1, Buffer.alloc(16, 1)),
  field(2, Buffer.alloc(8, 2)),
  field(5, Buffer.alloc(18_000, 97)),
]);
const ours = field(1, field(2, Buffer.concat(Array.from({ length: 400 }, () => field(2, span)))));
const files: [string, Uint8Array][] = [
  ['spans of 18 KB', ours],
  ['numbers', filled(8, 1)],
  ['numbers in a span', field(1, field(2, field(2, filled(8, 1))))],
  ['empty resources', filled(10, 0)],
  ['resources that break off', filled(10, 1, 0x80)],
  ['spans that break off', filled(10, 5, 18, 3, 18, 1, 0x80)],
  ['groups', filled(0x0b)],
];

let tooMuch = false;
for (const [name, bytes] of files) {
  const before = process.cpuUsage();
  const { spans } = wholeSpans(bytes);
  const { user, system } = process.cpuUsage(before);
  const milliseconds = (user + system) / 1_000;
  const memory = process.resourceUsage().maxRSS / 1024;
  tooMuch ||= milliseconds > mostMs || memory > mostMiB;
  console.log(
    `${name.padEnd(26)} ${milliseconds.toFixed(0).padStart(4)} ms, ${spans} spans, ${memory.toFixed(0)} MiB`,
  );
}
process.exitCode = tooMuch ? 1 : 0;
