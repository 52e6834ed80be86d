import type { Module1Output } from '@agento/contracts';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Chain, startChain } from '../src/chain.ts';
import { post } from '../src/post.ts';

describe('ids that a caller sends', () => {
  let chain: Chain;
  let input: Module1Output;
  beforeAll(async () => {
    chain = await startChain({ modules: [1] });
    input = (await post<Module1Output>(chain.url(1), { goal: 'Mend a fence' })).body;
  });
  afterAll(() => chain.stop());

  const good = { trace: /^(?!0{32}$)[0-9a-f]{32}$/, span: /^(?!0{16}$)[0-9a-f]{16}$/ };
  const hex = (length: number) =>
    fc
      .array(fc.constantFrom(...'0123456789abcdef'), { minLength: length, maxLength: length })
      .map((digits) => digits.join(''));
  /** Right ids, and every way we know of getting them wrong. */
  const id = (length: number) =>
    fc.oneof(
      { weight: 3, arbitrary: hex(length) },
      fc.constant('0'.repeat(length)),
      hex(length).map((text) => text.toUpperCase()),
      hex(length + 2),
      hex(length - 1),
      fc.string({ maxLength: 40 }),
      fc.constant('z'.repeat(length)),
    );
  const printable = (text: string) => /^[\x20-\x7e]*$/.test(text);

  it('never cause a 5xx and never lead into a trace they do not name rightly', async () => {
    await fc.assert(
      fc.asyncProperty(
        id(32),
        id(16),
        id(32),
        id(16),
        fc.constantFrom('00', '01', 'ff', 'x', ''),
        async (headerTrace, headerSpan, trace_id, root_span_id, version) => {
          const traceparent = `${version}-${headerTrace}-${headerSpan}-01`;
          const answer = await post<Module1Output>(
            chain.url(1),
            {
              goal: input.goal,
              stop_after: 1,
              trace_metadata: { trace_id, root_span_id, service_name: 'Agento-Module-0' },
            },
            printable(traceparent) ? { traceparent, tracestate: 'a=b,,=,\tforged' } : {},
          );
          expect(answer.status, JSON.stringify(answer.body)).toBe(200);
          const headerIsGood =
            /^[0-9a-f]{2}$/.test(version) &&
            version !== 'ff' &&
            good.trace.test(headerTrace) &&
            good.span.test(headerSpan);
          const metadataIsGood = good.trace.test(trace_id) && good.span.test(root_span_id);
          const expected = headerIsGood ? headerTrace : metadataIsGood ? trace_id : null;
          const got = answer.body.trace_metadata.trace_id;
          if (expected) expect(got).toBe(expected);
          else expect([headerTrace, trace_id]).not.toContain(got);
          expect(got).toMatch(good.trace);
        },
      ),
      { numRuns: 60 },
    );
  });

  it.each([1, null, [], 'x', { trace_id: 1, root_span_id: 'x', service_name: 'x' }, { trace_id: 'x' }])(
    'are refused when they are of a wrong type: %j',
    async (trace_metadata) => {
      const answer = await post(chain.url(1), { goal: 'x', stop_after: 1, trace_metadata });
      expect(answer.status).toBe(400);
      expect(JSON.stringify(answer.body.errors)).toContain('/trace_metadata');
    },
  );
});
