import type { AgentUsage, RunLimits } from '@agento/contracts';
import { afterEach, describe, expect, test } from 'vitest';
import { createBudget, StepError, sideBySide } from '../src/index.ts';
import { closeAll, goodVerdict, type Harness, harness, judge } from './harness.ts';

afterEach(closeAll);

const prices = {
  AGENTO_PRICES:
    '{"small-1": {"input": 1000, "output": 1000}, "small-1-2026-01-01": {"input": 1000, "output": 1000}}',
};

const before: AgentUsage = {
  module: 2,
  agent_name: 'PlanEvaluator',
  model: 'small-1',
  provider: 'local',
  calls: 3,
  input_tokens: 300,
  output_tokens: 60,
  cost_usd: 0.36,
};

function limited({ run, models }: Harness, limits: RunLimits, earlier: AgentUsage[] = []) {
  const { ledger } = run;
  return { ...run, budget: createBudget({ limits, earlier, ledger, settings: models.settings }) };
}

/** The errors of questions asked one after the other, null for those that were answered. */
async function errorsOf(times: number, ask: () => Promise<unknown>): Promise<(string | null)[]> {
  const errors: (string | null)[] = [];
  for (let nth = 0; nth < times; nth += 1) {
    errors.push(
      await ask().then(
        () => null,
        (error: Error) => (error instanceof StepError ? error.code : String(error)),
      ),
    );
  }
  return errors;
}

describe('A run with limits', () => {
  test.each<[RunLimits, number]>([
    [{ calls: 5 }, 2],
    [{ tokens: 601 }, 3],
    [{ usd: 0.5 }, 2],
    [{}, 4],
  ])('(%j) makes the calls they allow after those of the modules before: %i more.', async (limits, more) => {
    const made = await harness([{ content: goodVerdict }], prices);
    const run = limited(made, limits, [before]);

    const errors = await errorsOf(4, () => judge(run));

    expect(errors).toEqual([...Array(more).fill(null), ...Array(4 - more).fill('limit_reached')]);
    expect(made.model.bodies).toHaveLength(more);
  });

  test('tells those who watch what each step has cost.', async () => {
    const { run, events } = await harness([{ content: goodVerdict }], prices);

    await judge(run);

    expect(events.at(-1)?.data).toMatchObject({
      usage: { input_tokens: 100, output_tokens: 20, cost_usd: 0.12 },
    });
  });

  test('says which was reached, by what, and how to go on.', async () => {
    const made = await harness([{ content: goodVerdict }]);
    const run = limited(made, { calls: 3 }, [before]);

    await expect(judge(run)).rejects.toMatchObject({
      code: 'limit_reached',
      message:
        'The run may use 3 model calls and has used 3 model calls, those under way included (3 model calls in the modules before). To go on, resume the run with a higher limits.calls (default: AGENTO_LIMIT_CALLS)',
      failedStep: { step: 'expansion_evaluation' },
    });
  });

  test('makes exactly as many calls as it may when they run in parallel.', async () => {
    const made = await harness([{ content: goodVerdict }]);
    const run = limited(made, { calls: 7 });

    const asked = await Promise.allSettled(Array.from({ length: 30 }, () => judge(run)));

    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(7);
    expect(made.model.bodies).toHaveLength(7);
  });

  test('is not refused a call it may make, whatever runs beside it.', async () => {
    const made = await harness([{ content: goodVerdict }], { AGENTO_LLM_CONCURRENCY: '3' });
    const run = limited(made, { calls: 40 });

    const verdicts = await sideBySide(run, Array.from({ length: 40 }), (_, part) => judge(part));

    expect(verdicts).toHaveLength(40);
  });

  test('in dollars is refused at once where the price of the model is not known.', async () => {
    const made = await harness([{ content: goodVerdict }]);

    await expect(judge(limited(made, { usd: 5 }))).rejects.toThrow(
      'limits.usd cannot be kept, since the price of small-1 is unknown: set AGENTO_PRICES, or start the run again without limits.usd',
    );
    expect(made.model.bodies).toEqual([]);
  });

  test('in tokens is refused once the endpoint has not reported them.', async () => {
    const made = await harness([{ content: goodVerdict, completion: { usage: undefined } }]);
    const run = limited(made, { tokens: 10_000 });

    expect(await errorsOf(2, () => judge(run))).toEqual([null, 'limit_reached']);
  });
});
