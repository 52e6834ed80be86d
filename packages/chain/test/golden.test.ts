import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Module1Output, Module5Output } from '@agento/contracts';
import { validate } from '@agento/evidence';
import { differences, goldenNames, goldenTrace, shapeOf, withoutContent } from '@agento/evidence/golden';
import { describe, expect, it } from 'vitest';
import { type Chain, exporting, startChain } from '../src/chain.ts';
import { post } from '../src/post.ts';
import { choir, replay } from './replaying.ts';

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

const description = 'A rule of the golden trace';
/** Those of `guarded`. */
const guardrails = [
  {
    id: 'brief',
    description,
    action: 'warn',
    steps: ['search_agent'],
    check: { kind: 'text', field: 'summary', most_words: 1 },
  },
  {
    id: 'brief-plans',
    description,
    action: 'warn',
    steps: ['plan_generation'],
    check: { kind: 'text', field: 'plan_items[].item_title', most_words: 1 },
  },
  {
    id: 'modest',
    description,
    action: 'repair',
    steps: ['criteria_generation'],
    check: { kind: 'number', field: 'criteria[].rating', most: 1 },
  },
  {
    id: 'rated',
    description,
    action: 'block',
    steps: ['criteria_evaluation'],
    check: { kind: 'number', field: 'evaluations[].rating', least: 0 },
  },
  {
    id: 'scored',
    description,
    action: 'block',
    steps: ['plan_evaluation'],
    check: { kind: 'number', field: 'scores[].score', most: 0 },
  },
];

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

  it('replayed', async () => {
    const chain = await startChain();
    try {
      const { body } = await post<Module1Output>(chain.url(1), { ...choir, stop_after: 1 });
      await chain.trace(body.trace_metadata.trace_id);
      const again = await replay(
        chain,
        body.run_id,
        '--from',
        'criteria_generation',
        '--set',
        'temperature=0.2',
      );

      const golden = shapeOf([goldenTrace('replayed')]);
      expect(differences(golden, shapeOf([await chain.trace(again.traceId)]), optional)).toEqual([]);
    } finally {
      await chain.stop();
    }
  });

  it('with guardrails that note, have an answer repaired, and block', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'guardrails-'));
    const file = join(folder, 'guardrails.json');
    await writeFile(file, JSON.stringify({ version: 1, guardrails }));
    const chain = await startChain({ env: { AGENTO_GUARDRAILS: file } });
    try {
      const { body } = await post(chain.url(1), choir);
      const trace = await chain.trace(
        String(body.trace_id),
        ({ spans }) => spans.filter(({ name }) => name === 'POST /run').length === 2,
      );

      expect(differences(shapeOf([goldenTrace('guarded')]), shapeOf([trace]), optional)).toEqual([]);
      expect(validate(trace, { complete: false })).toEqual([]);
    } finally {
      await chain.stop();
      await rm(folder, { recursive: true });
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
