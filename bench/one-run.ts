import type { Chain } from '@agento/chain';
import { type Module5Output, chain as order } from '@agento/contracts';
import { cpuMs } from './measure.ts';

const goal = 'Open a repair café in a small town';

/** One run of the five services, awaited to its end. */
export async function runOnce(chain: Chain): Promise<Module5Output> {
  const answer = await fetch(`${chain.url(1)}/run`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ goal }),
  });
  const body = await answer.text();
  if (!answer.ok) throw new Error(body);
  return JSON.parse(body) as Module5Output;
}

export interface Cost {
  cpuMs: number;
  wallMs: number;
}

/** What the work costs the processes. Spans are sent, and a part is settled, after a run has ended: a second more belongs to it. */
export async function costOf(pids: number[], work: () => Promise<unknown>): Promise<Cost> {
  const spent = () => pids.reduce((sum, pid) => sum + cpuMs(pid), 0);
  const cpu = spent();
  const began = performance.now();
  await work();
  const wallMs = performance.now() - began;
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  return { wallMs, cpuMs: spent() - cpu };
}

/** Of the five services. */
export function pidsOf(chain: Chain): number[] {
  return order.map(({ number }) => chain.service(number).process.pid ?? 0);
}

/** Bytes that the five services have sent to the collector so far, compressed. */
export async function exportedBytes(chain: Chain): Promise<number> {
  const figures = await Promise.all(order.map(({ number }) => chain.figures(number)));
  return figures.reduce((sum, { bytes_sent }) => sum + bytes_sent, 0);
}
