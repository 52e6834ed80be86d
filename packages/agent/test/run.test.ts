import { codeStep, revisionAttempt } from '@agento/contracts';
import { afterEach, describe, expect, test } from 'vitest';
import { StepError, sideBySide, step } from '../src/index.ts';
import { closeAll, goodVerdict, groupStep, harness, judge, runId } from './harness.ts';

afterEach(closeAll);

const assembly = codeStep({ name: 'final_assembly', kind: 'assembly', times: 'run', about: ['planId'] });

describe('Work side by side', () => {
  test('goes on at the same time and comes back in order.', async () => {
    const { run } = await harness([]);
    const begun: number[] = [];
    const gate = Promise.withResolvers<void>();

    const results = sideBySide(run, [30, 10, 20], async (item, _run, index) => {
      begun.push(index);
      if (begun.length === 3) gate.resolve();
      await gate.promise;
      return `${index}: ${item}`;
    });

    expect(await results).toEqual(['0: 30', '1: 10', '2: 20']);
  });

  test('of nothing is nothing.', async () => {
    const { run } = await harness([]);

    expect(await sideBySide(run, [], async () => 1)).toEqual([]);
  });

  test('ends as a whole when one part fails: the others are cancelled first, and the first error is thrown.', async () => {
    const { model, run, spans } = await harness((body) =>
      body.messages[1]?.content.includes('"id":"broken"')
        ? { status: 401, delayMs: 100 }
        : { fault: 'stall' },
    );
    const part = (id: string) => ({
      goal: 'g',
      constraints: [],
      plan: { plan_title: 'p', item_titles: ['t'] },
      item: { id, item_title: 't', item_description: 'd' },
      criterion: { id: 'c1', criteria: 'c', reasoning: 'r' },
    });

    const failure = await step(run, groupStep, {}, () =>
      sideBySide(run, ['a', 'broken', 'b'], (id, run) => judge(run, { itemId: id, input: part(id) })),
    ).catch((error: unknown) => error);

    expect(failure).toMatchObject({ code: 'model_rejected', failedStep: { step: 'expansion_evaluation' } });
    await expect.poll(() => model.left()).toBe(2);
    const ended = spans().map(({ name, attributes }) => [
      name,
      attributes['agento.item.id'],
      attributes['error.type'],
    ]);
    expect(ended.at(-1)).toEqual(['plan_expansion', undefined, 'model_rejected']);
    expect(ended.filter(([name]) => name === 'expansion_evaluation')).toEqual(
      expect.arrayContaining([
        ['expansion_evaluation', 'a', 'cancelled'],
        ['expansion_evaluation', 'b', 'cancelled'],
        ['expansion_evaluation', 'broken', 'model_rejected'],
      ]),
    );
    expect(run.signal.aborted).toBe(false);
  });
});

describe('A step without a model', () => {
  test('has the role of its module and records what went in and out.', async () => {
    const { run, spans, events } = await harness([]);

    const value = await step(run, assembly, { planId: 'p1' }, async (step) => {
      step.finish({ summary: 'two items', attributes: {} });
      step.capture({ plan_id: 'p1' }, { items: ['p1-i1', 'p1-i2'] });
      return 42;
    });

    expect(value).toBe(42);
    expect(spans()).toMatchObject([
      {
        name: 'final_assembly',
        attributes: { 'agent.name': 'PlanExpander', 'agento.step': 'assembly', 'agento.plan.id': 'p1' },
        events: [
          {
            name: 'capture.final_assembly',
            attributes: { inputs: '{"plan_id":"p1"}', outputs: '{"items":["p1-i1","p1-i2"]}' },
          },
        ],
      },
    ]);
    const name = { module: 3, step: 'final_assembly', agent_name: 'PlanExpander', plan_id: 'p1' };
    expect(events).toEqual([
      { name: 'step.started', data: name },
      {
        name: 'step.finished',
        data: {
          ...name,
          duration_ms: expect.any(Number),
          usage: { input_tokens: 0, output_tokens: 0, cost_usd: 0 },
          summary: 'two items',
        },
      },
    ]);
  });

  test('turns a fault of ours into a step error that knows the innermost step it left.', async () => {
    const { run, span } = await harness([]);

    const failure = await step(run, groupStep, {}, () =>
      step(run, assembly, { planId: 'p1' }, () => {
        throw new TypeError('x is undefined');
      }),
    ).catch((error: unknown) => error);

    expect(failure).toBeInstanceOf(StepError);
    expect(failure).toMatchObject({
      code: 'internal',
      message: 'The step failed: x is undefined',
      failedStep: {
        step: 'final_assembly',
        agent_name: 'PlanExpander',
        span_id: span('final_assembly').spanId,
      },
      cause: new TypeError('x is undefined'),
    });
    expect(span('plan_expansion').attributes['error.type']).toBe('internal');
  });

  test('gives its subject to the spans below it.', async () => {
    const { run, span } = await harness([{ content: goodVerdict }]);

    await step(run, revisionAttempt, { itemId: 'p1-i1', attempt: 2 }, () => judge(run));

    expect(span('chat small-1').attributes).toMatchObject({
      'agento.item.id': 'p1-i1',
      'agento.attempt': 2,
      'agent.name': 'ItemEvaluator',
    });
    expect(run.id).toBe(runId);
  });
});
