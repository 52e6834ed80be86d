import { moduleInfo } from '@agento/contracts';
import { type HrTime, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor } from '@opentelemetry/sdk-trace';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { withSpan } from '../src/index.ts';
import { startTelemetry } from '../src/telemetry.ts';

const now = Date.now.bind(Date);

/** The wall clock is read this many milliseconds off, as after a pause between two readings or when it is set. */
function wallClockOff(milliseconds: number) {
  vi.spyOn(Date, 'now').mockImplementation(() => now() + milliseconds);
}

afterEach(() => vi.restoreAllMocks());

/** The times of the spans the work makes, in nanoseconds, by the spans' names. */
async function timesOf(work: () => Promise<unknown>) {
  const exporter = new InMemorySpanExporter();
  const telemetry = startTelemetry({
    module: moduleInfo(2),
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'disabled' },
    dataDir: '/nowhere',
    processors: [new SimpleSpanProcessor({ exporter })],
  });
  try {
    await work();
    return new Map(exporter.getFinishedSpans().map((span) => [span.name, inNanoseconds(span)]));
  } finally {
    await telemetry.shutdown(1_000);
  }
}

function inNanoseconds({ startTime, endTime, events }: ReadableSpan) {
  return {
    start: nanoseconds(startTime),
    end: nanoseconds(endTime),
    events: events.map(({ time }) => nanoseconds(time)),
  };
}

function nanoseconds([seconds, rest]: HrTime): bigint {
  return BigInt(seconds) * 1_000_000_000n + BigInt(rest);
}

describe('the times of a trace', () => {
  test.each([
    ['late', -5_000, 0],
    ['early', 0, -5_000],
    ['far ahead', 0, 60_000],
  ])('nest as its spans do when the wall clock is read %s.', async (_, outer, inner) => {
    const times = await timesOf(async () => {
      wallClockOff(outer);
      await withSpan({ name: 'outer' }, () => {
        wallClockOff(inner);
        return withSpan({ name: 'inner' }, async (span) => {
          span.addEvent('read');
          await withSpan({ name: 'innermost' }, async () => {});
          span.addEvent('done');
        });
      });
    });

    const order = [
      times.get('outer')?.start,
      times.get('inner')?.start,
      times.get('inner')?.events[0],
      times.get('innermost')?.start,
      times.get('innermost')?.end,
      times.get('inner')?.events[1],
      times.get('inner')?.end,
      times.get('outer')?.end,
    ];
    expect(order).toEqual(order.toSorted((a, b) => Number((a ?? 0n) - (b ?? 0n))));
    expect(order).not.toContain(undefined);
  });

  test('follow each other below a span of another process as well.', async () => {
    const elsewhere = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1, isRemote: true };
    const parent = trace.setSpanContext(ROOT_CONTEXT, elsewhere);
    const times = await timesOf(() =>
      withSpan({ name: 'request' }, async () => {
        await withSpan({ name: 'run', parent }, async () => {});
        wallClockOff(-5_000);
        await withSpan({ name: 'hop', parent }, async () => {});
      }),
    );

    const order = [
      times.get('run')?.start,
      times.get('run')?.end,
      times.get('hop')?.start,
      times.get('hop')?.end,
    ];
    expect(order).toEqual(order.toSorted((a, b) => Number((a ?? 0n) - (b ?? 0n))));
    expect(order).not.toContain(undefined);
  });

  test('are those of the wall clock when the trace begins.', async () => {
    const before = BigInt(now()) * 1_000_000n;
    const times = await timesOf(async () => {
      await withSpan({ name: 'first' }, async () => {});
      wallClockOff(3_600_000);
      await withSpan({ name: 'an hour later' }, async () => {});
    });
    const after = BigInt(now() + 1) * 1_000_000n;

    const first = times.get('first')?.start ?? 0n;
    const later = (times.get('an hour later')?.start ?? 0n) - 3_600_000_000_000n;
    expect(first >= before && first <= after).toBe(true);
    expect(later >= before && later <= after).toBe(true);
  });

  test('are the caller’s where the caller gives them.', async () => {
    const times = await timesOf(() =>
      withSpan({ name: 'outer' }, async () => {
        const imported = trace.getTracer('importer').startSpan('imported', { startTime: [1_700_000_000, 5] });
        const below = trace.setSpan(ROOT_CONTEXT, imported);
        trace
          .getTracer('importer')
          .startSpan('below', { startTime: [1_700_000_001, 0] }, below)
          .end([1_700_000_002, 0]);
        imported.end([1_700_000_003, 7]);
      }),
    );

    expect(times.get('imported')).toMatchObject({
      start: 1_700_000_000_000_000_005n,
      end: 1_700_000_003_000_000_007n,
    });
    expect(times.get('below')).toMatchObject({
      start: 1_700_000_001_000_000_000n,
      end: 1_700_000_002_000_000_000n,
    });
  });
});
