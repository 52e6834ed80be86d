import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { loadPrices } from '../src/cost.ts';
import { createLedger } from '../src/index.ts';
import { closeAll, goodVerdict, harness, judge } from './harness.ts';

afterEach(closeAll);
const folder = mkdtempSync(join(tmpdir(), 'prices-'));
afterAll(() => rmSync(folder, { recursive: true }));

const million = { input: 1_000_000, output: 1_000_000 };
const own = JSON.stringify({
  'house-1': { input: 2, output: 8, cache_read: 0.5 },
  'gpt-4o': { input: 1, output: 1 },
});

describe('The price of a call', () => {
  test('is that of AGENTO_PRICES, in dollars per million tokens, before any list.', () => {
    const prices = loadPrices(own);

    expect(prices('house-1', 'house', million)).toEqual({ usd: 10, list: 'AGENTO_PRICES' });
    expect(prices('gpt-4o', 'openai', million)).toEqual({ usd: 2, list: 'AGENTO_PRICES' });
  });

  test('counts what came from a cache at its own price, or at the full one where there is none.', () => {
    const prices = loadPrices(own);

    expect(prices('house-1', 'house', { ...million, cacheRead: 400_000 })?.usd).toBeCloseTo(9.4, 9);
    expect(prices('gpt-4o', 'openai', { ...million, cacheRead: 400_000 })?.usd).toBeCloseTo(2, 9);
  });

  test('may come from a file.', () => {
    const file = join(folder, 'prices.json');
    writeFileSync(file, own);

    expect(loadPrices(file)('house-1', 'house', million)).toEqual({ usd: 10, list: 'AGENTO_PRICES' });
  });

  test('is otherwise that of the maintained list, which is named with its version.', () => {
    const prices = loadPrices(undefined);

    const full = prices('gpt-4o-2024-08-06', 'openai', { input: 1_000, output: 1_000 });
    expect(full).toEqual({
      usd: expect.any(Number),
      list: expect.stringMatching(/^genai-prices \d+\.\d+\.\d+$/),
    });
    const cached = prices('gpt-4o-2024-08-06', 'openai', { input: 1_000, output: 1_000, cacheRead: 800 });
    expect(full?.usd).toBeGreaterThan(cached?.usd ?? Number.NaN);
    expect(cached?.usd).toBeGreaterThan(0);
  });

  test('is unknown, and not nothing, for a model or provider no list knows, and for counts that cannot be.', () => {
    const prices = loadPrices(undefined);

    expect(prices('house-1', 'house', million)).toBeNull();
    expect(prices('nonesuch', 'openai', million)).toBeNull();
    expect(prices('gpt-4o', 'openai', { input: 10, output: 1, cacheRead: 20 })).toBeNull();
  });

  test.each([
    ['{"house-1": {"input": 2}}', 'house-1 needs the numbers input and output, in USD per million tokens'],
    ['{"house-1": null}', 'house-1 needs the numbers input and output, in USD per million tokens'],
    ['{house-1}', 'JSON'],
    ['/no/such/file.json', 'ENOENT'],
  ])('that is given as %s is refused with what is allowed.', (given, why) => {
    expect(() => loadPrices(given)).toThrow(
      'AGENTO_PRICES: must be JSON or a file of it, {"model": {"input": 1.25, "output": 10}}: ',
    );
    expect(() => loadPrices(given)).toThrow(why);
  });
});

describe('The cost on a span', () => {
  test('stands there with its list when the price is known.', async () => {
    const { run, span } = await harness([{ content: goodVerdict }], {
      AGENTO_PRICES: '{"small-1-2026-01-01": {"input": 10, "output": 100}}',
    });

    await judge(run);

    expect(span('chat small-1').attributes).toMatchObject({
      'agento.cost.usd': 0.003,
      'agento.cost.price_list': 'AGENTO_PRICES',
    });
    expect(run.ledger.entries()).toMatchObject([{ cost_usd: 0.003 }]);
  });

  test('is absent, as is the list, when it is not.', async () => {
    const { run, span } = await harness([{ content: goodVerdict }]);

    await judge(run);

    const names = Object.keys(span('chat small-1').attributes);
    expect(names.filter((name) => name.startsWith('agento.cost'))).toEqual([]);
    expect(run.ledger.entries()).toMatchObject([{ cost_usd: null }]);
  });
});

test('The ledger adds up by agent and model; one unknown price makes a sum unknown for good.', () => {
  const ledger = createLedger(2);
  const call = { agentName: 'LeanPlanner', model: 'm', provider: 'p', input: 10, output: 1 };

  ledger.add({ ...call, costUsd: 0.5 });
  ledger.add({ ...call, costUsd: null });
  ledger.add({ ...call, costUsd: 0.5 });
  ledger.add({ ...call, model: 'n', costUsd: 0.25 });
  ledger.add({ ...call, agentName: 'PlanEvaluator', costUsd: 1 });

  const entry = { module: 2, provider: 'p' };
  expect(ledger.entries()).toEqual([
    {
      ...entry,
      agent_name: 'LeanPlanner',
      model: 'm',
      calls: 3,
      input_tokens: 30,
      output_tokens: 3,
      cost_usd: null,
    },
    {
      ...entry,
      agent_name: 'LeanPlanner',
      model: 'n',
      calls: 1,
      input_tokens: 10,
      output_tokens: 1,
      cost_usd: 0.25,
    },
    {
      ...entry,
      agent_name: 'PlanEvaluator',
      model: 'm',
      calls: 1,
      input_tokens: 10,
      output_tokens: 1,
      cost_usd: 1,
    },
  ]);
});
