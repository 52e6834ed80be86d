import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Module5Output, chain as order } from '@agento/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Chain, exporting, startChain } from '../src/chain.ts';
import { post } from '../src/post.ts';

describe('an output file fed into the next module', () => {
  let whole: Chain;
  let alone: Chain;
  let output: Module5Output;

  beforeAll(async () => {
    whole = await startChain();
    output = (await post<Module5Output>(whole.url(1), { goal: 'Publish a cookbook of family recipes' })).body;
    // The same modules once more, each the last of its own chain.
    alone = await startChain({ env: { AGENTO_NEXT_URL: '' } });
  });
  afterAll(async () => {
    await whole.stop();
    await alone.stop();
  });

  const file = async (module: number): Promise<Module5Output> =>
    JSON.parse(
      await readFile(join(whole.dataDir, 'runs', output.run_id, `module${module}_output.json`), 'utf8'),
    ) as Module5Output;

  it.each(order.slice(1).map(({ number }) => number))('continues its trace in module %i', async (module) => {
    const given = await file(module - 1);
    const answer = await post<Module5Output>(alone.url(module), given);
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    expect(answer.body.run_id).toBe(output.run_id);
    expect(answer.body.trace_metadata.trace_id).toBe(given.trace_metadata.trace_id);
    if (!exporting) return;
    const trace = await alone.trace(given.trace_metadata.trace_id, ({ spans }) =>
      spans.some(({ name }) => name === `run_module_${module}`),
    );
    const root = trace.spans.find(({ name }) => name === `run_module_${module}`);
    expect(root?.parent_span_id).toBe(given.trace_metadata.root_span_id);
    expect(root?.links).toEqual([
      expect.objectContaining({
        trace_id: given.trace_metadata.trace_id,
        span_id: given.trace_metadata.root_span_id,
        attributes: { source: `agento-module-${module - 1}`, relationship: 'predecessor' },
      }),
    ]);
  });

  it('gives the same verdicts as the run it came from', async () => {
    const answer = await post<Module5Output>(alone.url(3), await file(2));
    const verdicts = ({ evaluation_results }: Module5Output) =>
      evaluation_results.map(({ id, result, score }) => ({ id, result, score }));
    expect(verdicts(answer.body)).toEqual(verdicts(output));
  });

  it('is refused when its parts do not fit together', async () => {
    const given = await file(3);
    const [first, ...rest] = given.evaluation_results;
    const answer = await post(alone.url(4), { ...given, evaluation_results: rest });
    expect(answer).toMatchObject({
      status: 400,
      body: {
        errors: [
          {
            pointer: '/evaluation_results',
            detail: `must have an entry for item_id ${first?.item_id}, criterion_id ${first?.criterion_id}`,
          },
        ],
      },
    });
  });
});
