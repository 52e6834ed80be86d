import { type Guardrail, type Guardrails, guardrailsOf } from '@agento/guardrails';
import { afterEach, describe, expect, test } from 'vitest';
import { createMemoryJournal, orElse, type RecordedCall } from '../src/index.ts';
import { badVerdict, closeAll, goodVerdict, harness, judge } from './harness.ts';

afterEach(closeAll);

function scores(action: 'warn' | 'repair' | 'block', most = 70): Guardrails {
  return guardrailsOf({
    version: 1,
    guardrails: [
      {
        id: 'no-high-scores',
        description: 'Scores over 70 need a second look',
        action,
        steps: ['expansion_evaluation'],
        check: { kind: 'number', field: 'score', most },
      },
    ],
  });
}

const found = '/score: is 80: it must be at most 70';
const better = { reasoning: 'It names a date, and no place.', score: 60 };

describe('A guardrail', () => {
  test('that lets an answer pass leaves a span below the step that says what it looked for.', async () => {
    const { run, span } = await harness([{ content: goodVerdict }]);
    const guardrails = scores('block', 90);

    expect(await judge({ ...run, guardrails })).toEqual(goodVerdict);

    const validation = span('validation');
    expect(validation.parentSpanId).toBe(span('expansion_evaluation').spanId);
    expect(validation.attributes).toEqual({
      'agent.name': 'PlanExpander',
      'agento.step': 'validation',
      'agento.step.name': 'validation',
      'agento.item.id': 'p1-i1',
      'agento.criterion.id': 'c1',
      'guardrail.name': 'no-high-scores',
      'guardrail.passed': true,
      'guardrail.problems': [],
      'guardrail.action': 'block',
      'guardrail.outcome': 'passed',
      'guardrail.file_sha256': guardrails.sha256,
    });
    expect(validation.events).toMatchObject([
      {
        name: 'capture.validation',
        attributes: {
          inputs: JSON.stringify({
            guardrail: 'no-high-scores',
            description: 'Scores over 70 need a second look',
            check: { kind: 'number', field: 'score', most: 90 },
          }),
          outputs: '{"passed":true,"problems":[]}',
        },
      },
    ]);
  });

  test('that warns notes what it found, and the answer stands.', async () => {
    const { run, model, span } = await harness([{ content: goodVerdict }]);

    expect(await judge({ ...run, guardrails: scores('warn') })).toEqual(goodVerdict);

    expect(model.bodies).toHaveLength(1);
    expect(span('validation').attributes).toMatchObject({
      'guardrail.passed': false,
      'guardrail.outcome': 'noted',
      'guardrail.problems': [found],
    });
    expect(span('validation').status.code).toBe('UNSET');
  });

  test('that repairs tells the agent what it found and why that matters.', async () => {
    const { run, model, spans, span } = await harness([{ content: goodVerdict }, { content: better }]);

    expect(await judge({ ...run, guardrails: scores('repair') })).toEqual(better);

    const messages = (model.bodies[1]?.messages ?? []) as { content: string }[];
    expect(messages.at(-1)?.content).toBe(
      'Your answer cannot be used as it is:\n' +
        '- /score: is 80: it must be at most 70 (Scores over 70 need a second look)\n' +
        'Answer again with the whole corrected JSON object.',
    );
    expect(outcomes(spans())).toEqual(['repair', 'passed']);
    expect(span('expansion_evaluation').attributes['agento.repaired']).toBe(true);
  });

  test('that still finds something after the repair notes it: one repair is all there is.', async () => {
    const { run, spans } = await harness([{ content: goodVerdict }, { content: goodVerdict }]);

    expect(await judge({ ...run, guardrails: scores('repair') })).toEqual(goodVerdict);

    expect(outcomes(spans())).toEqual(['repair', 'noted']);
  });

  test('judges no answer that cannot be used anyway.', async () => {
    const { run, spans } = await harness([{ content: badVerdict }, { content: goodVerdict }]);

    expect(await judge({ ...run, guardrails: scores('repair') })).toEqual(goodVerdict);

    expect(outcomes(spans())).toEqual(['noted']);
  });

  test('that blocks fails the run, also where a missing judgement would not.', async () => {
    const { run, span } = await harness([{ content: goodVerdict }]);

    const asked = orElse(judge({ ...run, guardrails: scores('block') }), () => goodVerdict);

    await expect(asked).rejects.toMatchObject({
      code: 'guardrail_blocked',
      guardrail: 'no-high-scores',
      message:
        'The guardrail no-high-scores blocks the answer of ItemEvaluator: /score is 80: it must be at most 70',
      failedStep: { step: 'expansion_evaluation', agent_name: 'ItemEvaluator' },
    });
    for (const name of ['validation', 'expansion_evaluation']) {
      expect(span(name).attributes['error.type']).toBe('guardrail_blocked');
    }
    expect(span('validation').attributes['guardrail.outcome']).toBe('blocked');
    expect(span('expansion_evaluation').attributes['ai.response']).toBe(JSON.stringify(goodVerdict));
  });

  test('that blocks keeps the others from a repair, and none of them from being told.', async () => {
    const { run, model, spans } = await harness([{ content: goodVerdict }]);
    const [rail] = scores('block').all;
    const of = (id: string, action: Guardrail['action']) => ({ ...(rail as Guardrail), id, action });
    const guardrails = guardrailsOf({
      version: 1,
      guardrails: [
        of('mends', 'repair'),
        of('blocks', 'block'),
        of('warns', 'warn'),
        of('blocks-too', 'block'),
      ],
    });

    await expect(judge({ ...run, guardrails })).rejects.toMatchObject({ guardrail: 'blocks' });

    expect([model.bodies.length, outcomes(spans())]).toEqual([1, ['noted', 'blocked', 'noted', 'blocked']]);
  });

  test('that blocks a repaired answer shows that answer.', async () => {
    const worse = { ...goodVerdict, score: 90 };
    const { run, span, spans } = await harness([{ content: goodVerdict }, { content: worse }]);
    const [rail] = scores('repair').all;
    const ceiling = {
      ...(rail as Guardrail),
      id: 'ceiling',
      action: 'block',
      check: { kind: 'number', field: 'score', most: 85 },
    };
    const guardrails = guardrailsOf({ version: 1, guardrails: [rail, ceiling] });

    await expect(judge({ ...run, guardrails })).rejects.toMatchObject({ guardrail: 'ceiling' });

    expect(outcomes(spans())).toEqual(['repair', 'passed', 'noted', 'blocked']);
    expect(span('expansion_evaluation').attributes['ai.response']).toBe(JSON.stringify(worse));
  });

  test('decides the same when the run is resumed, and asks for no repair twice.', async () => {
    const first = await harness([{ content: goodVerdict }, { content: better }]);
    const recorded: RecordedCall[] = [];
    const journal = {
      recall: () => null,
      permit: async () => {},
      record: async (call: RecordedCall) => void recorded.push(JSON.parse(JSON.stringify(call))),
    };
    await judge({ ...first.run, journal, guardrails: scores('repair') });

    const again = await harness([]);
    const answer = await judge({
      ...again.run,
      journal: createMemoryJournal(recorded),
      guardrails: scores('repair'),
    });

    expect([answer, again.model.bodies.length, outcomes(again.spans())]).toEqual([
      better,
      0,
      ['repair', 'passed'],
    ]);
  });

  test('has no replayed answer repaired that was not repaired then: nobody pays for it.', async () => {
    const { run, model, spans } = await harness([]);
    const answer = {
      content: JSON.stringify(goodVerdict),
      finish_reason: 'stop',
      model: 'small-1',
      provider: 'elsewhere',
    };
    const span = { trace_id: 'a'.repeat(32), span_id: 'b'.repeat(16) };
    const replay = (key: string) => (key.endsWith('/call-2') ? null : { key, span, answer });
    const journal = { ...createMemoryJournal(), replay };

    expect(await judge({ ...run, journal, guardrails: scores('repair') })).toEqual(goodVerdict);

    expect([model.bodies.length, outcomes(spans())]).toEqual([0, ['noted']]);
  });

  test('of another step leaves no trace.', async () => {
    const { run, spans } = await harness([{ content: goodVerdict }]);

    await judge({ ...run, module: { ...run.module, number: 4 }, guardrails: scores('block') });

    expect(outcomes(spans())).toEqual([]);
  });
});

function outcomes(spans: { name: string; attributes: Record<string, unknown> }[]): unknown[] {
  return spans
    .filter(({ name }) => name === 'validation')
    .map(({ attributes }) => attributes['guardrail.outcome']);
}
