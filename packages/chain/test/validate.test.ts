import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Module5Output, Problem } from '@agento/contracts';
import { validate } from '@agento/evidence';
import { startOfflineModel } from '@agento/offline-model';
import { describe, expect, it } from 'vitest';
import { type Chain, exporting, startChain } from '../src/chain.ts';
import { startLongWindedModel } from '../src/long-answers.ts';
import { post } from '../src/post.ts';

/** The trace of one whole run, once it is all there. */
async function traceOf(chain: Chain, body: object) {
  const answer = await post<Module5Output>(chain.url(1), body);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return { output: answer.body, trace: await chain.trace(answer.body.trace_metadata.trace_id) };
}

describe.runIf(exporting)('the trace of a real run', () => {
  it('validates with no finding, also with a context of 200 KB', async () => {
    const chain = await startChain();
    try {
      const short = await traceOf(chain, { goal: 'Open a repair café in a small town' });
      expect(validate(short.trace, { complete: true })).toEqual([]);
      const notes = Array.from(
        { length: 2_500 },
        (_, index) =>
          `Note ${index}: the hall is free on day ${index % 31}, and the tools are in box ${index * 7}.`,
      );
      const long = await traceOf(chain, {
        goal: 'Open a repair café in a small town',
        context: notes.join('\n').slice(0, 200_000),
      });
      expect(validate(long.trace, { complete: true })).toEqual([]);
    } finally {
      await chain.stop();
    }
  });

  it('validates with no finding with guardrails that note, repair and let pass', async () => {
    const file = new URL('../../guardrails/examples/judges.yaml', import.meta.url).pathname;
    const chain = await startChain({ env: { AGENTO_GUARDRAILS: file } });
    try {
      const { trace } = await traceOf(chain, { goal: 'Open a repair café in a small town' });
      expect(validate(trace, { complete: true })).toEqual([]);
      const outcomes = trace.spans.flatMap(({ attributes }) => attributes['guardrail.outcome'] ?? []);
      expect(new Set(outcomes)).toEqual(new Set(['noted', 'repair', 'passed']));
    } finally {
      await chain.stop();
    }
  });

  it('ends where a guardrail blocks an answer, with a problem that names it, and the trace validates', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'guardrails-'));
    const file = join(folder, 'block.json');
    const check = { kind: 'text', field: 'text', least_words: 10_000 };
    const long = { id: 'long', description: 'Long', action: 'block', steps: ['item_generation'], check };
    await writeFile(file, JSON.stringify({ version: 1, guardrails: [long] }));
    const chain = await startChain({ env: { AGENTO_GUARDRAILS: file } });
    try {
      const goal = 'Open a repair café in a small town';
      const answer = await post<Problem>(chain.url(1), { goal, stop_after: 3 });
      expect([answer.status, answer.body]).toMatchObject([
        502,
        {
          type: 'urn:agento:problem:guardrail-blocked',
          module: 3,
          step: 'item_generation',
          guardrail: 'long',
          detail: expect.stringMatching(
            /^The guardrail long blocks the answer of ItemExpander: \/text has \d+ words: it must have at least 10000$/,
          ),
        },
      ]);
      expect(validate(await chain.trace(answer.body.trace_id ?? ''), { complete: false })).toEqual([]);
    } finally {
      await chain.stop();
      await rm(folder, { recursive: true });
    }
  });

  it('validates with no finding with items of over 100 KB', async () => {
    const offline = await startOfflineModel({ host: '127.0.0.1', port: 0, latencyMs: 0 });
    const model = await startLongWindedModel(() => offline.url, 110_000);
    const chain = await startChain({ modelUrl: model.url });
    try {
      const { output, trace } = await traceOf(chain, { goal: 'Open a repair café in a small town' });
      const sizes = output.expanded_outline.plan_items.map(({ item_description }) =>
        Buffer.byteLength(item_description),
      );
      expect(Math.min(...sizes)).toBeGreaterThan(100_000);
      expect(validate(trace, { complete: true })).toEqual([]);
    } finally {
      await chain.stop();
      model.close();
      await offline.close();
    }
  });

  it('validates up to its last step when it was stopped early or failed, and not when all of it is asked for', async () => {
    const chain = await startChain();
    try {
      const stopped = await traceOf(chain, { goal: 'Plant a school garden', stop_after: 2 });
      expect(validate(stopped.trace, { complete: false })).toEqual([]);
      expect(validate(stopped.trace, { complete: true })).not.toEqual([]);
      const failed = await post(chain.url(1), {
        goal: 'Plant a school garden [[fault:ItemEvaluator:refusal]]',
      });
      const trace = await chain.trace(
        String(failed.body.trace_id),
        ({ spans }) => spans.filter(({ name }) => name === 'POST /run').length === 3,
      );
      expect(validate(trace, { complete: false })).toEqual([]);
      expect(validate(trace, { complete: true })).not.toEqual([]);
    } finally {
      await chain.stop();
    }
  });

  it('validates without any content when content is switched off, and holds none', async () => {
    const chain = await startChain({
      env: { OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'NO_CONTENT' },
    });
    try {
      const { output, trace } = await traceOf(chain, { goal: 'Found a choir of quince pickers' });
      expect(validate(trace, { complete: true })).toEqual([]);
      const everything = JSON.stringify(trace.spans, (_key, value: unknown) =>
        typeof value === 'bigint' ? String(value) : value,
      );
      const words = [
        'quince',
        output.selected_outline.plan_title,
        ...output.selected_criteria.map(({ criteria }) => criteria),
        ...output.evaluation_results.slice(0, 5).map(({ reasoning }) => reasoning),
      ];
      expect(words.filter((word) => everything.includes(word))).toEqual([]);
    } finally {
      await chain.stop();
    }
  });
});
