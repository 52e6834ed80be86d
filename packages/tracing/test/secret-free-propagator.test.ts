import { alnum, from, mixed } from '@agento/redaction/testing';
import { context, createTraceState, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { CompositePropagator, W3CBaggagePropagator } from '@opentelemetry/core';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { describe, expect, test } from 'vitest';
import {
  buildA2AContext,
  extractA2AContext,
  keepRunSecrets,
  learnRunSecrets,
  traceHeaders,
  withSpan,
} from '../src/index.ts';
import { SecretFreePropagator } from '../src/secret-free-propagator.ts';
import { TraceContextPropagator } from '../src/trace-context-propagator.ts';
import { inTelemetry } from './in-trace.ts';

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const key = `sk-proj-${from(alnum, 40)}`;
const state = `vendor=ok,acme=${key},token=hunter2,tenant@secret=tea,password@=tea,a@token@b=tea,dd=s:1;o:rum`;
const cleanState = 'vendor=ok,dd=s:1;o:rum';

const propagator = new SecretFreePropagator(
  new CompositePropagator({
    propagators: [new TraceContextPropagator(), new W3CBaggagePropagator()],
  }),
);
const setter = {
  set: (carrier: unknown, name: string, value: string) => Object.assign(carrier as object, { [name]: value }),
};
const getter = {
  keys: (carrier: unknown) => Object.keys(carrier as object),
  get: (carrier: unknown, name: string) => (carrier as Record<string, string>)[name],
};
function sent(from: Parameters<typeof propagator.inject>[0]): Record<string, string> {
  const headers: Record<string, string> = {};
  propagator.inject(from, headers, setter);
  return headers;
}

describe('members that hold a secret', () => {
  test('are dropped from what comes in, of tracestate and baggage, and the others stay', () => {
    const baggage = `user=ann,api_key=blue-door-17,note=${encodeURIComponent(`with ${key}`)},plan=a;owner=${key}`;
    const extracted = propagator.extract(ROOT_CONTEXT, { traceparent, tracestate: state, baggage }, getter);
    expect(trace.getSpanContext(extracted)?.traceState?.serialize()).toBe(cleanState);
    expect(
      propagation
        .getBaggage(extracted)
        ?.getAllEntries()
        .map(([name]) => name),
    ).toEqual(['user']);
    expect(sent(extracted)).toEqual({ traceparent, tracestate: cleanState, baggage: 'user=ann' });
  });

  test('are dropped from what goes out, whoever put them there', () => {
    const span = {
      traceId: '0af7651916cd43dd8448eb211c80319c',
      spanId: 'b7ad6b7169203331',
      traceFlags: 1,
      traceState: createTraceState(`acme=${key}`),
    };
    const bad = propagation.createBaggage({ password: { value: 'hunter2' } });
    expect(sent(propagation.setBaggage(trace.setSpanContext(ROOT_CONTEXT, span), bad))).toEqual({
      traceparent,
    });
  });

  test('stand on no span that is exported, nor in its links, nor in the headers of a hop', async () => {
    let headers: Record<string, string> = {};
    const spans: (string | undefined)[] = [];
    await inTelemetry(async () => {
      const parent = propagation.extract(ROOT_CONTEXT, { traceparent, tracestate: state });
      await withSpan({ name: 'inside', parent }, async (span) => {
        headers = traceHeaders();
        const spanContext = { ...span.spanContext(), traceState: createTraceState(state) };
        span.addLink({ context: spanContext });
        const outside = trace.setSpanContext(context.active(), spanContext);
        const below = trace.getTracer('other').startSpan('below', {}, outside);
        below.end();
        span.end();
        spans.push(
          span.spanContext().traceState?.serialize(),
          below.spanContext().traceState?.serialize(),
          (span as unknown as ReadableSpan).links.at(-1)?.context.traceState?.serialize(),
        );
      });
    });
    expect(headers.tracestate).toBe(cleanState);
    expect(spans).toEqual([cleanState, cleanState, cleanState]);
  });

  test('are dropped in hand-offs between agents', async () => {
    await inTelemetry(async () => {
      const given = { source_agent: 'a', target_agent: 'b', session_id: 's' };
      const parent = extractA2AContext({
        ...given,
        trace_headers: { traceparent, tracestate: state },
      })?.parent;
      await withSpan({ name: 'work', ...(parent && { parent }) }, async () => {
        expect(buildA2AContext(given).trace_headers.tracestate).toBe(cleanState);
      });
    });
  });

  test('are those of what the run has learned, too', async () => {
    const learned = mixed(alnum, 20);
    const secrets = await learnRunSecrets({ goal: `password=${learned}` });
    const headers = context.with(ROOT_CONTEXT, () => {
      const extracted = propagator.extract(
        ROOT_CONTEXT,
        { traceparent, tracestate: `a=${learned},b=1` },
        getter,
      );
      expect(trace.getSpanContext(extracted)?.traceState?.serialize()).toBe(`a=${learned},b=1`);
      keepRunSecrets(secrets);
      return sent(extracted);
    });
    keepRunSecrets(null);
    expect(headers).toEqual({ traceparent, tracestate: 'b=1' });
  });
});
