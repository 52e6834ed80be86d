import { afterEach, describe, expect, test } from 'vitest';
import { EndpointFailure, retryDelay } from '../src/chat-failures.ts';
import { createPace } from '../src/pace.ts';
import { closeAll, goodVerdict, harness, judge } from './harness.ts';
import type { Reply } from './scripted-model.ts';

afterEach(closeAll);

describe('A rate limit', () => {
  test('of two requests a second is waited for: thirty calls come to their answers.', async () => {
    const answered: number[] = [];
    const script = (): Reply => {
      const now = performance.now();
      const recent = answered.filter((time) => now - time < 1_000);
      if (recent.length >= 2) {
        return {
          status: 429,
          headers: { 'retry-after-ms': String(Math.ceil(1_001 - (now - (recent[0] ?? now)))) },
        };
      }
      answered.push(now);
      return { content: goodVerdict };
    };
    const { run, spans } = await harness(script, { AGENTO_LLM_RETRIES: '0' });

    const verdicts = await Promise.all(Array.from({ length: 30 }, () => judge(run)));

    expect(verdicts).toHaveLength(30);
    const retries = spans().flatMap(({ events }) => events.filter(({ name }) => name === 'agento.llm.retry'));
    expect(retries.length).toBeGreaterThan(0);
  }, 60_000);

  test.each<[string, Record<string, string>, number]>([
    ['Rate limit reached. Please try again in 1.2s. Visit …', {}, 1_200],
    ['Please try again in 120ms.', {}, 120],
    ['Please try again in 1m30.5s.', {}, 90_500],
    ['Slow down', { 'x-ratelimit-reset-requests': '20ms', 'x-ratelimit-reset-tokens': '2s' }, 2_000],
  ])('(%s) says when there is room again.', (words, headers, delay) => {
    const said = { words, codes: [] };
    expect(retryDelay(new EndpointFailure(null, 429, { headers: new Headers(headers), said }), 1)).toBe(
      Math.min(delay, 60_000),
    );
  });

  test('halves the calls at once, once for those refused together, and each answer adds one.', () => {
    const limit = { concurrency: 32, activeCount: 20 };
    const pace = createPace(limit, 32);
    const sentAt = performance.now();
    pace.slower(sentAt);
    pace.slower(sentAt);
    expect(limit.concurrency).toBe(10);
    for (let answer = 0; answer < 40; answer += 1) pace.faster();
    expect(limit.concurrency).toBe(32);
  });
});
