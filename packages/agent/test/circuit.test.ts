import { afterEach, describe, expect, test } from 'vitest';
import { EndpointFailure } from '../src/chat-failures.ts';
import { createCircuit } from '../src/circuit.ts';
import { Cancelled, StepError, sideBySide } from '../src/index.ts';
import { createRetryBudget } from '../src/retry-budget.ts';
import { closeAll, goodVerdict, harness, judge } from './harness.ts';
import type { Reply } from './scripted-model.ts';

afterEach(closeAll);

const down = new StepError('model_unavailable', 'The endpoint answered 503', {
  cause: new EndpointFailure(null, 503),
});
const tooMany = new StepError('model_timeout', 'Too slow', { cause: new EndpointFailure(null, 429) });
const rejected = new StepError('model_rejected', 'Wrong key', { cause: new EndpointFailure(null, 401) });

/** A circuit with a clock of the test's own. */
function circuitAt() {
  const clock = { ms: 0 };
  const circuit = createCircuit(() => clock.ms);
  const fail = (error: Error) => circuit.run(() => Promise.reject(error)).catch((thrown: Error) => thrown);
  const failOften = async (times: number, error: Error = down) => {
    for (let nth = 0; nth < times; nth += 1) await fail(error);
  };
  return { clock, circuit, fail, failOften };
}

describe('The circuit of an endpoint', () => {
  test('opens after five failed calls in a row, and says so to those that are not made.', async () => {
    const { circuit, fail, failOften } = circuitAt();

    await failOften(4);
    expect(circuit.state()).toBe('closed');
    await failOften(1);

    const refused = await fail(new Error('not asked'));
    expect(circuit.state()).toBe('open');
    expect(refused).toMatchObject({ code: 'model_unavailable' });
    expect(refused.message).toMatch(
      /^The model's endpoint is not asked: its circuit is open after 5 failed calls, until \d{4}-\S+Z; then one call tries it\. The last failure: The endpoint answered 503$/,
    );
  });

  test('stays closed if an answer comes in between, or the calls were cancelled, refused or too many.', async () => {
    const { circuit, failOften } = circuitAt();

    await failOften(4);
    await circuit.run(async () => 'answer');
    await failOften(4);
    await failOften(9, rejected);
    await failOften(4);
    await failOften(9, tooMany);
    await failOften(9, new Cancelled('The caller left'));

    expect(circuit.state()).toBe('closed');
  });

  test('lets one call through after the pause: its answer closes it.', async () => {
    const { clock, circuit, fail, failOften } = circuitAt();
    await failOften(5);
    clock.ms += 5_000;
    const probe = Promise.withResolvers<string>();

    const trying = circuit.run(() => probe.promise);

    expect([circuit.state(), await fail(new Error('not asked'))]).toMatchObject([
      'half-open',
      {
        code: 'model_unavailable',
        message: expect.stringContaining('while one call tries whether it is back'),
      },
    ]);
    probe.resolve('answer');
    expect([await trying, circuit.state()]).toEqual(['answer', 'closed']);
  });

  test('pauses for twice as long when that call fails as well, for a minute at most.', async () => {
    const { clock, circuit, failOften } = circuitAt();
    await failOften(5);
    const pauses: number[] = [];
    for (let nth = 0; nth < 6; nth += 1) {
      const since = clock.ms;
      while (circuit.state() === 'open') clock.ms += 1_000;
      pauses.push(clock.ms - since);
      await failOften(1);
    }

    expect(pauses).toEqual([5_000, 10_000, 20_000, 40_000, 60_000, 60_000]);
  });

  test('lets another call try it when the first was cancelled.', async () => {
    const { clock, circuit, failOften } = circuitAt();
    await failOften(5);
    clock.ms += 5_000;

    await failOften(1, new Cancelled('The caller left'));

    expect(await circuit.run(async () => 'answer')).toBe('answer');
  });

  test('closes at an answer of a call that was under way when it opened.', async () => {
    const { circuit, failOften } = circuitAt();
    const slow = Promise.withResolvers<string>();
    const asking = circuit.run(() => slow.promise);
    await failOften(5);
    expect(circuit.state()).toBe('open');

    slow.resolve('answer');
    await asking;

    expect(circuit.state()).toBe('closed');
  });
});

describe('The budget of retries', () => {
  test('is a fifth of the calls of a minute, and at least a few.', () => {
    let ms = 0;
    const budget = createRetryBudget(3, () => ms);
    const taken = () => Array.from({ length: 100 }, () => budget.take()).filter(Boolean).length;

    expect(taken()).toBe(3);
    for (let call = 0; call < 50; call += 1) budget.called();
    expect(taken()).toBe(7);
    ms += 60_000;
    expect(taken()).toBe(3);
  });
});

const failing: Reply = { status: 500, headers: { 'retry-after-ms': '0' } };

describe('A model that always fails', () => {
  test('is asked at most 1.2 times as often as planned in 100 runs, and then not at all.', async () => {
    const { run, model, models } = await harness([failing]);

    for (let nth = 0; nth < 100; nth += 1) {
      await sideBySide(run, [1, 2], (_, part) => judge(part)).catch(() => {});
    }

    expect(model.bodies.length).toBeLessThanOrEqual(1.2 * 200);
    expect(models.load()).toEqual({ active: 0, waiting: 0, circuit: 'open' });
    await expect(judge(run)).rejects.toThrow('its circuit is open after');
  });

  test('is asked no more often when the runs come all at once.', async () => {
    const { run, model } = await harness([failing]);

    await Promise.allSettled(Array.from({ length: 100 }, () => judge(run)));

    expect(model.bodies.length).toBeLessThanOrEqual(1.2 * 100);
  });

  test('now and then, is asked again for a fifth of the calls, and the circuit stays closed.', async () => {
    let asked = 0;
    const { run, models } = await harness(() => {
      asked += 1;
      return asked % 10 === 0 ? failing : { content: goodVerdict };
    });

    const verdicts = await Promise.all(Array.from({ length: 60 }, () => judge(run)));

    expect([verdicts.length, models.load().circuit]).toEqual([60, 'closed']);
  });
});

test('Calls that are too many fail no run, however often the model says so, and open no circuit.', async () => {
  const seen = new Map<string, number>();
  const { run, models } = await harness(
    (body) => {
      const id = JSON.stringify(body.messages);
      const times = (seen.get(id) ?? 0) + 1;
      seen.set(id, times);
      return times <= 1 ? { status: 429 } : { content: goodVerdict };
    },
    { AGENTO_LLM_RETRIES: '0' },
  );

  const verdicts = await Promise.all(
    Array.from({ length: 12 }, (_, nth) => judge(run, { input: inputOf(nth) })),
  );

  expect([verdicts.length, models.load().circuit]).toEqual([12, 'closed']);
});

function inputOf(nth: number) {
  return {
    goal: `Goal ${nth}`,
    constraints: [],
    plan: { plan_title: 'A café that repairs', item_titles: ['Room'] },
    item: { id: 'p1-i1', item_title: 'Room', item_description: 'Find one by May.' },
    criterion: { id: 'c1', criteria: 'It is dated', reasoning: 'Dates bind.' },
  };
}
