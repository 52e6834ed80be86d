import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type CallHeaders,
  type CallingService,
  startCallingService,
} from './trace-context/calling-service.ts';
import { cases, sentTrace, type TraceContextRequest } from './trace-context/cases.ts';

let service: CallingService;
beforeAll(async () => {
  service = await startCallingService();
});
afterAll(() => service.close());

describe("A service passes the W3C's case", () => {
  test.each(cases)('$name', async ({ requests }) => {
    for (const request of requests) {
      const calls = await service.post(request.headers, request.calls ?? 1);

      const seen = calls.map((headers) => readCall(headers, request));
      const { continued, state, random } = request;
      const expected = { continued, fresh: true, state, random: random ?? !continued };
      expect(seen).toEqual(Array.from({ length: request.calls ?? 1 }, () => expected));
      expect(new Set(calls.map(({ traceparent }) => traceparent)).size).toBe(calls.length);
    }
  });

  test('with all 41 of the suite', () => {
    expect(new Set(cases.map(({ name }) => name)).size).toBe(41);
  });
});

/** What a call's headers say; a traceparent that is none fails. */
function readCall({ traceparent, tracestate }: CallHeaders, { headers }: TraceContextRequest) {
  const [, traceId = '', spanId = '', flags = ''] =
    /^00-([0-9a-f]{32})-([0-9a-f]{16})-(0[0-3])$/.exec(`${traceparent}`) ?? expect.fail(`${traceparent}`);
  const sent = headers.map(([, value]) => value).join('\n');
  return {
    continued: traceId === sentTrace,
    /** Neither id is one that only looks like new. */
    fresh: !sent.includes(spanId) && (traceId === sentTrace || !sent.includes(traceId)),
    state: tracestate ?? null,
    random: (Number.parseInt(flags, 16) & 0b10) !== 0,
  };
}
