import { context, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { describe, expect, test } from 'vitest';
import { traceHeaders, withSpan } from '../src/index.ts';
import { inTelemetry } from './in-trace.ts';

const ids = '0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331';

/** The flags of the headers that a span below these takes along. */
async function flagsBelow(headers: Record<string, string>, env: NodeJS.ProcessEnv = {}): Promise<string> {
  let flags = '';
  await inTelemetry(async () => {
    const parent = propagation.extract(ROOT_CONTEXT, headers);
    await withSpan({ name: 'work', parent }, async () => {
      flags = traceHeaders().traceparent?.slice(-2) ?? 'none';
    });
  }, env);
  return flags;
}

describe('The random flag', () => {
  test('is set where a trace begins, whether or not it is sampled.', async () => {
    expect(await flagsBelow({})).toBe('03');
    expect(await flagsBelow({}, { AGENTO_TRACE_SAMPLE_RATE: '0' })).toBe('02');
  });

  test('is kept as it came, and flags without a meaning are not passed on.', async () => {
    const kept: string[] = [];
    for (const flags of ['00', '01', '02', '03', 'fd', 'ff'])
      kept.push(await flagsBelow({ traceparent: `00-${ids}-${flags}` }));

    expect(kept).toEqual(['00', '01', '02', '03', '01', '03']);
  });

  test('is not set for a trace that came in a format which does not know it.', async () => {
    const env = { OTEL_PROPAGATORS: 'tracecontext,b3' };
    expect(await flagsBelow({ b3: `${ids}-1` }, env)).toBe('01');
  });

  test('stands on spans made active with options or a context of their own, and on the roots asked for below others.', async () => {
    await inTelemetry(async () => {
      const tracer = trace.getTracer('other');
      const parent = propagation.extract(ROOT_CONTEXT, { traceparent: `00-${ids}-01` });
      const flagsNow = () => trace.getSpanContext(context.active())?.traceFlags;

      expect(tracer.startActiveSpan('a', flagsNow)).toBe(3);
      expect(tracer.startActiveSpan('a', {}, flagsNow)).toBe(3);
      expect(tracer.startActiveSpan('a', {}, parent, flagsNow)).toBe(1);
      expect(tracer.startActiveSpan('a', { root: true }, parent, flagsNow)).toBe(3);
    });
  });
});
