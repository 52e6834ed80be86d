import type { Module5Output } from '@agento/contracts';
import { differences, goldenNames, goldenTrace, shapeOf, withoutContent } from '@agento/evidence/golden';
import { describe, expect, it } from 'vitest';
import { type Chain, exporting, startChain } from '../src/chain.ts';
import { post } from '../src/post.ts';

const choir = {
  session_id: 'session-1',
  goal: 'Take our choir on an international tour',
  context: 'The choir has 34 singers. The tour may take no more than nine days. Our savings are €12,000.',
};

async function traceOf(chain: Chain, more: object = {}) {
  const { body } = await post<Module5Output>(chain.url(1), { ...choir, ...more });
  return chain.trace(body.trace_metadata.trace_id);
}

/** The trace of a run that fails in module 3, and so answers with a problem. */
async function traceOfFailure(chain: Chain) {
  const { body } = await post(chain.url(1), {
    ...choir,
    goal: `${choir.goal} [[fault:ItemEvaluator:wrong]]`,
  });
  return chain.trace(
    String(body.trace_id),
    ({ spans }) => spans.filter(({ name }) => name === 'POST /run').length === 3,
  );
}

/** What one run has and another has not: ties, constraints without a passage, which attempt is accepted. */
const optional =
  /: ((agento\.decision\.)?tie_break|agento\.constraints\.dropped_count)$|accepted_attempt: to module 5, revision_(apply|refinement)$/;

describe.runIf(exporting)('real runs have the shape of the golden traces, which are written by hand', () => {
  it('with content: whole, tried again and repaired, and failed, with a tool', async () => {
    const chain = await startChain({ env: { AGENTO_SEARCH: 'openai' } });
    try {
      const repaired = `${choir.goal} [[fault:CriteriaGenerator:500:1]] [[fault:CriteriaGenerator:wrong:1]]`;
      const traces = [
        await traceOf(chain),
        await traceOf(chain, { goal: repaired, stop_after: 1 }),
        await traceOfFailure(chain),
      ];
      expect(differences(shapeOf(goldenNames.map(goldenTrace)), shapeOf(traces), optional)).toEqual([]);
    } finally {
      await chain.stop();
    }
  });

  it('without content', async () => {
    const chain = await startChain({
      env: { OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'NO_CONTENT' },
    });
    try {
      const golden = shapeOf([withoutContent(goldenTrace('published'))]);
      expect(differences(golden, shapeOf([await traceOf(chain)]), optional)).toEqual([]);
    } finally {
      await chain.stop();
    }
  });
});
