import type { Module5Output } from '@agento/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Chain, startChain } from '../src/chain.ts';
import { post } from '../src/post.ts';

describe('two goals from different walks of life', () => {
  let chain: Chain;
  const plans: Module5Output[] = [];
  beforeAll(async () => {
    chain = await startChain();
    for (const goal of [
      'Open a repair café in a small town',
      'Migrate a payment system to a new database without downtime',
    ]) {
      plans.push((await post<Module5Output>(chain.url(1), { goal })).body);
    }
  });
  afterAll(() => chain.stop());

  const sentences = ({ revised_outline, selected_criteria }: Module5Output) =>
    new Set(
      [
        ...revised_outline.plan_items.map(({ item_description }) => item_description),
        ...selected_criteria.map(({ criteria }) => criteria),
      ]
        .join('\n')
        .split(/(?<=[.!?])\s+|\n+/)
        .map((sentence) => sentence.trim().toLowerCase())
        .filter((sentence) => sentence.length > 20),
    );

  it('get plans that share fewer than a third of their sentences', () => {
    const [one, other] = plans.map(sentences);
    const shared = one?.intersection(other ?? new Set()).size ?? 0;
    expect(shared / Math.min(one?.size ?? 1, other?.size ?? 1)).toBeLessThan(1 / 3);
  });

  it('get verdicts that differ', () => {
    const [one, other] = plans.map(({ evaluation_results }) =>
      evaluation_results.map(({ result, score }) => `${result} ${score}`),
    );
    expect(one).not.toEqual(other);
  });

  it('get the same plan again for the same goal', async () => {
    const again = await post<Module5Output>(chain.url(1), { goal: 'Open a repair café in a small town' });
    const texts = ({ revised_outline }: Module5Output) =>
      revised_outline.plan_items.map(({ item_description }) => item_description);
    expect(texts(again.body)).toEqual(plans[0] && texts(plans[0]));
  });
});
