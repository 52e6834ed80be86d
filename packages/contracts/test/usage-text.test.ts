import { expect, test } from 'vitest';
import { type AgentUsage, usageText } from '../src/index.ts';

const entry = (model: string, cost_usd: number | null, more: Partial<AgentUsage> = {}): AgentUsage => ({
  ...{ module: 1, agent_name: 'A', model, provider: 'p', calls: 2, input_tokens: 100, output_tokens: 10 },
  cost_usd,
  ...more,
});

test.each([
  [[], '0 model calls, 0 tokens in, 0 out, $0.0000'],
  [[entry('a', 0.01), entry('b', 0.0123)], '4 model calls, 200 tokens in, 20 out, $0.0223'],
  [[entry('a', null)], '2 model calls, 100 tokens in, 10 out, cost unknown (no price for a)'],
  [
    [entry('a', 0.5), entry('b', null), entry('b', null)],
    '6 model calls, 300 tokens in, 30 out, at least $0.5000 (no price for b)',
  ],
  [
    ['a', 'b', 'c', 'd'].map((model) => entry(model, null)),
    '8 model calls, 400 tokens in, 40 out, cost unknown (no price for a, b, c and others)',
  ],
  [
    [entry('a', null, { calls_without_usage: 1 })],
    '2 model calls, at least 100 tokens in, 10 out, cost unknown (the endpoint does not say how many tokens)',
  ],
])('%j is told as %s', (usage, text) => {
  expect(usageText(usage)).toBe(text);
});
