import { type Chain, eventually, exporting, post, startChain } from '@agento/chain';
import { Module3Output, matches, Problem } from '@agento/contracts';
import { loadTrace, validate } from '@agento/evidence';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { input2, input3 } from './inputs.ts';
import { type SmallModel, startSmallModel } from './small-model.ts';

let model: SmallModel;
let chain: Chain;

beforeAll(async () => {
  model = await startSmallModel();
  chain = await startChain({
    modules: [1, 2, 3],
    modelUrl: model.url,
    env: {
      AGENTO_MODEL: 'smollm2-135m-instruct',
      AGENTO_PROVIDER: 'llama.cpp',
      // At 0 it repeats itself until it runs out of tokens.
      AGENTO_TEMPERATURE: '0.7',
      AGENTO_SEED: '1',
      // Some seven seconds of one thread.
      AGENTO_MAX_TOKENS: '500',
      AGENTO_LLM_CONCURRENCY: '1',
      // Three runs, and the start of everything, stay within three minutes.
      AGENTO_RUN_TIMEOUT_MS: '45000',
    },
  });
});

afterAll(async () => {
  await chain?.stop();
  await model?.stop();
});

/**
 * The answers of a model with 135 million parameters are useless. The point is how the chain handles them: a run ends
 * with an output, or with what failed and where; it never hangs and never ends with an internal error.
 */
it.each<[begins: number, input: object]>([
  [
    1,
    { goal: 'Open a repair café in a small town', context: 'Running costs stay below 750 euros a quarter.' },
  ],
  [2, input2()],
  [3, input3()],
])(
  'A weak model in modules %i to 3 comes to an output or to a failure that is named.',
  async (begins, input) => {
    const began = performance.now();
    const { status, type, body } = await post<Module3Output | Problem>(chain.url(begins), input);
    const seconds = Math.round((performance.now() - began) / 1_000);

    let traceId: string;
    if (status === 200) {
      expect(matches(Module3Output, body)).toBe(true);
      traceId = (body as Module3Output).trace_metadata.trace_id;
      console.log(`modules ${begins} to 3: an output after ${seconds} s`);
    } else {
      const problem = body as Problem;
      console.log(
        `modules ${begins} to 3: ${status} in module ${problem.module} after ${seconds} s: ${problem.detail}`,
      );
      expect([type, matches(Problem, problem)]).toEqual(['application/problem+json; charset=utf-8', true]);
      expect([
        [502, 'urn:agento:problem:model-failed'],
        [504, 'urn:agento:problem:out-of-time'],
      ]).toContainEqual([status, problem.type]);
      expect(problem).toMatchObject({ run_id: expect.any(String), trace_id: expect.any(String) });
      if (status === 502) {
        expect(problem).toMatchObject({
          step: expect.any(String),
          agent_name: expect.any(String),
          span_id: expect.any(String),
        });
      }
      traceId = problem.trace_id ?? '';
    }
    if (!exporting) return;
    // Spans arrive a moment after the answer.
    await eventually(async () => {
      const trace = await loadTrace(traceId, { dataDir: chain.dataDir });
      // Missing judgements are reported, and to be expected from this model.
      const found = validate(trace, { complete: false }).filter(({ rule }) => rule !== 'trace.not_judged');
      if (found.length > 0) throw new Error(JSON.stringify(found.slice(0, 5), null, 1));
      return found;
    }, `a trace ${traceId} without findings`);
  },
);
