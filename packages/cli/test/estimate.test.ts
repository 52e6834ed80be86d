import { expect, test } from 'vitest';
import { estimateRun, estimateText, type PriceOf } from '../src/estimate.ts';
import { expectationOf, promptSizes } from '../src/expectation.ts';
import { serving } from './answering.ts';
import { events, output } from './events.ts';
import { agento } from './test-terminal.ts';

/** One dollar for a million tokens, whichever way they go. */
const priceOf: PriceOf = (_agent, { input, output }) => (input + output) / 1e6;
const settings = { attempts: 2, concurrency: 32, priceOf };
const goal = 'Open a repair café in a small town';

test('A run of the size the README shows, 56 calls of 105,632 and 11,551 tokens, is within the estimate', async () => {
  const { calls, inputTokens, outputTokens } = estimateRun({ goal }, await promptSizes(), settings);
  for (const [[least, most], measured] of [
    [calls, 56],
    [inputTokens, 105_632],
    [outputTokens, 11_551],
  ] as const) {
    expect([least < measured, measured < most]).toEqual([true, true]);
  }
});

test('Every module’s agents are counted as its work asks them', () => {
  const agents = ['SearchAgent', 'PlanEvaluator', 'LeanPlanner', 'ItemExpander', 'ItemEvaluator'];
  const late = ['CriteriaAssessor', 'RevisionApplier', 'RevisionRefiner', 'ImplementationEvaluator'];
  const prompts = [
    ...agents.map((agent, index) => ({ module: [1, 2, 2, 3, 3][index] ?? 0, agent, bytes: 4_000 })),
    ...late.map((agent, index) => ({ module: index === 0 ? 4 : 5, agent, bytes: 4_000 })),
    { module: 5, agent: 'QualityChecker', bytes: 4_000 },
  ];
  const counted = (attempts: number, stop_after?: number) =>
    estimateRun({ goal: '1234', ...(stop_after && { stop_after }) }, prompts, { ...settings, attempts });

  // 1, 2, items, items × criteria; revised; revised × (1 + attempts - 1 + 1 + attempts) and 1; of 4, 3 and 2, and 7, 5 and 7.
  expect(counted(2).calls).toEqual([3 + 4 + 12 + 2 + 2 * 5 + 1, 3 + 7 + 35 + 7 + 7 * 5 + 1]);
  expect(counted(1).calls).toEqual([3 + 4 + 12 + 2 + 2 * 3 + 1, 3 + 7 + 35 + 7 + 7 * 3 + 1]);
  expect(counted(2, 2)).toEqual({
    calls: [3, 3],
    inputTokens: [3 * (1_001 + 500), 3 * (1_001 + 2_500)],
    outputTokens: [3 * 200, 3 * 1_500],
    dollars: [expect.closeTo(5_103e-6, 9), expect.closeTo(15_003e-6, 9)],
    // The planners are asked side by side.
    seconds: [2 * 3, 2 * 15],
  });
});

test('A context is paid for by each agent that is shown it, and few calls at once take longer', async () => {
  const without = estimateRun({ goal }, await promptSizes(), settings);
  const added = async (bytes: number) => {
    const context = 'x'.repeat(bytes);
    const { inputTokens } = estimateRun({ goal, context }, await promptSizes(), settings);
    return [0, 1].map((end) => (inputTokens[end] ?? 0) - (without.inputTokens[end] ?? 0));
  };
  // Two of all, two more of module 1, three planners, and each item's writer.
  expect(await added(40_000)).toEqual([10_000 * (7 + 4), 10_000 * (7 + 7)]);
  // A short one is shown to everyone.
  expect(await added(4_000)).toEqual(without.calls.map((calls) => 1_000 * calls));
  const slow = estimateRun({ goal }, await promptSizes(), { ...settings, concurrency: 1 });
  expect(slow.seconds[1]).toBeGreaterThan(3 * without.seconds[1]);
});

test('It is said to be an estimate, and nothing is said where the price of one model is not known', async () => {
  const estimate = estimateRun(
    { goal, stop_after: 1 },
    [{ module: 1, agent: 'SearchAgent', bytes: 40_000 }],
    settings,
  );
  expect(estimateText(estimate)).toBe(
    'An estimate, for 4 to 7 items and 3 to 5 criteria: 1 model calls, 11k to 13k tokens in, 1k to 2k out, $0.01, 1 min',
  );
  const oneUnknown = { ...settings, priceOf: (agent: string) => (agent === 'ItemEvaluator' ? null : 1) };
  expect(estimateText(estimateRun({ goal }, await promptSizes(), oneUnknown))).toBe(null);
});

test('The models of the environment have their prices, the offline model has none', async () => {
  const env = { OPENAI_API_KEY: 'k', AGENTO_MODEL: 'm', AGENTO_PRICES: '{"m": {"input": 1, "output": 1}}' };
  expect(await expectationOf({ goal }, env)).toMatch(
    /^An estimate, .*, \$0\.\d\d to \$0\.\d\d, 1 to \d min$/,
  );
  expect(await expectationOf({ goal }, { ...env, AGENTO_SEARCH: 'openai' })).toMatch(
    / min; web searches are extra$/,
  );
  for (const unknown of [{}, { ...env, AGENTO_MODEL_QUALITY_CHECKER: 'other' }]) {
    expect(await expectationOf({ goal }, unknown)).toBe(null);
  }
});

test('goal begins with the estimate where the services are on this machine, on stderr with --json', async () => {
  const url = await serving((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const { name, data } of [...events, { name: 'run.finished', data: { output } }])
      response.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
    response.end();
  });
  const env = { OPENAI_API_KEY: 'k', AGENTO_MODEL: 'm', AGENTO_PRICES: '{"m": {"input": 1, "output": 1}}' };
  expect((await agento(['goal', goal, '--url', url], { env })).stdout).toMatch(/^An estimate, /);
  const { stdout, stderr } = await agento(['goal', goal, '--url', url, '--json'], { env });
  expect([JSON.parse(stdout), stderr]).toEqual([output, expect.stringMatching(/^An estimate, /)]);
  const elsewhere = await agento(['goal', goal, '--url', 'http://none.invalid'], { env });
  expect(elsewhere.stdout).toBe('');
});
