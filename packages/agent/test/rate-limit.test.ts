import { afterEach, describe, expect, test } from 'vitest';
import { EndpointFailure } from '../src/chat-failures.ts';
import { createSlots } from '../src/slots.ts';
import { askedWait } from '../src/waits.ts';
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
    expect(askedWait(new EndpointFailure(null, 429, { headers: new Headers(headers), said }))).toBe(
      Math.min(delay, 60_000),
    );
  });

  test('halves the calls at once, once for those refused together; eight answers let one more through.', async () => {
    const slots = createSlots(32);
    const { signal } = new AbortController();
    const done = Array.from({ length: 40 }, () => Promise.withResolvers<void>());
    const calls = done.map(({ promise }) => slots.run({ group: 'g', signal }, () => promise));
    const sentAt = performance.now();
    const most = () => slots.load().active;
    expect(slots.load()).toEqual({ active: 32, waiting: 8 });

    slots.slowDown(sentAt);
    slots.slowDown(sentAt);
    for (const { resolve } of done.slice(0, 24)) resolve();
    await new Promise((resolve) => setImmediate(resolve));
    expect(most()).toBe(16);
    for (let answer = 0; answer < 8; answer += 1) slots.answered();
    for (const { resolve } of done) resolve();
    await Promise.all(calls);
    expect(slots.load()).toEqual({ active: 0, waiting: 0 });
  });
});

describe('Calls that wait', () => {
  /** The order in which calls of these groups come to their turn, one after the other. */
  async function orderOf(groups: string[]): Promise<string> {
    const slots = createSlots(1);
    const { signal } = new AbortController();
    const order: string[] = [];
    await Promise.all(
      groups.map((group) =>
        slots.run({ group, signal }, async () => {
          order.push(group);
          await new Promise((resolve) => setImmediate(resolve));
        }),
      ),
    );
    return order.join('');
  }

  test('come in a row with others of their group: what the endpoint has read of them serves the next.', async () => {
    expect(await orderOf(['a', 'b', 'c', 'a', 'b', 'c', 'a'])).toBe('aaabbcc');
  });

  test('are not passed over for ever.', async () => {
    const order = await orderOf(['a', 'b', ...Array<string>(40).fill('a')]);

    expect(order.indexOf('b')).toBe(17);
  });

  test('leave when their run is given up, before their turn.', async () => {
    const slots = createSlots(1);
    const first = Promise.withResolvers<void>();
    const leaving = new AbortController();
    const running = slots.run({ group: 'a', signal: new AbortController().signal }, () => first.promise);
    const waiting = slots.run({ group: 'a', signal: leaving.signal }, async () => 'asked');

    leaving.abort(new Error('The caller left'));

    await expect(waiting).rejects.toMatchObject({ name: 'Cancelled', message: 'The caller left' });
    first.resolve();
    await running;
    expect(slots.load()).toEqual({ active: 0, waiting: 0 });
  });
});
