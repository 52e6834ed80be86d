import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { underWay } from '../src/kills/in-flight.ts';

const [traceId, began] = ['ab'.repeat(16), 1_700_000_000_000];
const at = (ms: number) => `${began + ms}000000`;

/** The trace of a run with one call, from and until so many milliseconds after its beginning. */
function traceOf([start, end]: [start: number, end: number]): string {
  const span = {
    ...{ traceId, spanId: 'cd'.repeat(8), name: 'chat model', kind: 3, status: {} },
    ...{ startTimeUnixNano: at(start), endTimeUnixNano: at(end) },
    attributes: [{ key: 'agento.call.key', value: { stringValue: 'search' } }],
  };
  const scopeSpans = [{ scope: { name: 'agento.module1' }, spans: [span] }];
  return JSON.stringify({ resourceSpans: [{ resource: { attributes: [] }, scopeSpans }] });
}

it.each([
  ['had begun before the answer was recorded, and waited', [0, 900], true],
  ['began when the answer was there', [700, 900], false],
  ['had ended long before', [0, 100], false],
] as const)('A request whose call %s is told by its span.', async (_, times, isUnderWay) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'agento-in-flight-'));
  try {
    await mkdir(join(dataDir, 'traces'));
    await writeFile(join(dataDir, 'traces', `${traceId}.jsonl`), `${traceOf([...times])}\n`);
    const calls = [{ runId: 'run', key: 'search', answerId: 'a', recordedAt: began + 500 }];
    const late = { calls, askedAt: began + 800, recordedAt: began + 500 };
    const run = { runId: 'run', goal: 'g', end: { state: 'finished', trace_id: traceId } };

    const found = await underWay([late], [run as Parameters<typeof underWay>[1][number]], dataDir);

    expect([...found]).toEqual(isUnderWay ? [late] : []);
  } finally {
    await rm(dataDir, { recursive: true });
  }
});
