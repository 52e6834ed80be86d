/**
 * What serializing spans costs: CPU per span with the SDK's ProtobufTraceSerializer and with Agento's writer,
 * which make the same bytes. Turns alternate, so that both meet the same machine. Run by
 * `node bench/serializer.ts`.
 */
import { createWorkload, type Workload } from '@agento/delivery/testing/otlp-writer-workload';

const rounds = 7;
const warmups = 2;
const words = 'plan goal item criterion volunteers tools budget first week because clear'.split(' ');

function prompt(index: number, length: number): string {
  let text = '';
  for (let word = index; text.length < length; word += 1 + (word % 3))
    text += `${words[word % words.length]} `;
  return text;
}

function prompts(length: number, tail: string): string[] {
  return Array.from({ length: 20 }, (_, index) => prompt(index, length) + tail);
}

/** Microseconds of CPU a span. */
function cost(work: () => void, spans: number): number {
  const repetitions = 200;
  const before = process.cpuUsage();
  for (let index = 0; index < repetitions; index += 1) work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / repetitions / spans;
}

function median(figures: number[]): number {
  return figures.toSorted((one, other) => one - other)[Math.floor(figures.length / 2)] ?? 0;
}

function measure(name: string, workload: Workload): void {
  const turns = Array.from({ length: warmups + rounds }, () => ({
    sdk: cost(workload.sdk, workload.spans),
    own: cost(workload.own, workload.spans),
  })).slice(warmups);
  const sdk = median(turns.map((turn) => turn.sdk));
  const own = median(turns.map((turn) => turn.own));
  const size = (workload.bytes / workload.spans / 1_000).toFixed(1);
  console.log(
    `${name.padEnd(30)} ${size.padStart(4)} KB a span: SDK ${sdk.toFixed(1).padStart(5)} µs, ` +
      `own ${own.toFixed(1).padStart(4)} µs, ratio ${(sdk / own).toFixed(1)}`,
  );
}

measure('short texts', createWorkload(prompts(40, '')));
measure('6 KB prompts, ASCII', createWorkload(prompts(6_000, '')));
measure('6 KB prompts, accents', createWorkload(prompts(6_000, 'à côté, ½ journée')));
measure('6 KB prompts, other scripts', createWorkload(prompts(6_000, '計画 – 🫖')));
