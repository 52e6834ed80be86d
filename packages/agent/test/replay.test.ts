import type { ReplayedCall } from '@agento/contracts';
import { afterEach, describe, expect, test } from 'vitest';
import {
  createBudget,
  createMemoryJournal,
  type Journal,
  type RecordedCall,
  readPrompt,
  toReplayed,
} from '../src/index.ts';
import { badVerdict, closeAll, goodVerdict, harness, judge } from './harness.ts';

afterEach(closeAll);

const key = 'm3/expansion_evaluation/ItemEvaluator/p1-i1/c1';
const span = { trace_id: 'a'.repeat(32), span_id: 'b'.repeat(16) };
const given = (more: Partial<ReplayedCall> = {}): ReplayedCall => ({
  key,
  span,
  answer: {
    content: JSON.stringify(goodVerdict),
    finish_reason: 'stop',
    model: 'recorded-1',
    provider: 'elsewhere',
  },
  ...more,
});

/** A journal that was filled with a call, and what was asked for it. */
function filled(call: ReplayedCall): Journal {
  return {
    ...createMemoryJournal(),
    replay: (asked, hashes) =>
      asked === call.key && (call.request === undefined || hashes().includes(call.request)) ? call : null,
  };
}

describe('A call that a recorded run has', () => {
  test('is not asked: its answer is read like one that arrives, and counts for nothing.', async () => {
    const { run, model, spans } = await harness([]);
    const budget = createBudget({
      limits: { calls: 1, tokens: 1 },
      earlier: [],
      ledger: run.ledger,
      settings: run.models.settings,
    });

    const answer = await judge({ ...run, budget, journal: filled(given()) });
    await judge({ ...run, budget, journal: filled(given()) });

    expect([answer, model.bodies, run.ledger.entries()]).toEqual([goodVerdict, [], []]);
    const [chat] = spans().filter(({ name }) => name === 'chat small-1');
    expect(chat?.attributes).toMatchObject({
      'agento.replayed': true,
      'agento.call.key': key,
      'gen_ai.response.model': 'recorded-1',
      'gen_ai.provider.name': 'elsewhere',
      'gen_ai.usage.input_tokens': 0,
      'gen_ai.usage.output_tokens': 0,
    });
    expect(chat?.attributes).not.toHaveProperty('agento.journal');
    expect(chat?.links).toMatchObject([
      { spanId: span.span_id, attributes: { relationship: 'replayed_from' } },
    ]);
  });

  test('is given again to the request it answered, and to no other.', async () => {
    const first = await harness([{ content: goodVerdict }]);
    const recorded: RecordedCall[] = [];
    await judge({
      ...first.run,
      journal: { ...createMemoryJournal(), record: async (call) => void recorded.push(call) },
    });
    const [call] = recorded;
    const request = call?.requestHash ?? '';
    const answer = toReplayed(call?.answer as RecordedCall['answer']);

    const again = await harness([{ content: { ...goodVerdict, score: 40 } }]);
    const journal = filled(given({ request, answer }));
    const same = await judge({ ...again.run, journal });
    const other = await judge({
      ...again.run,
      journal,
      changed: () => ({ settings: { temperature: 0.3 } }),
    });

    expect([same.score, other.score, again.model.bodies.length]).toEqual([80, 40, 1]);
  });

  test('is repaired where it does not fit the step any more.', async () => {
    const { run, model } = await harness([{ content: goodVerdict }]);
    const outdated = { ...given().answer, content: JSON.stringify(badVerdict) };

    const answer = await judge({ ...run, journal: filled(given({ answer: outdated })) });

    expect([answer, model.bodies.length]).toEqual([goodVerdict, 1]);
    expect(run.ledger.entries()).toMatchObject([{ calls: 1 }]);
  });
});

test('A step is asked with the prompt, the model and the settings that a replay changes, and says so.', async () => {
  const { run, model, span: spanOf } = await harness([{ content: goodVerdict }], { AGENTO_SEED: '1' });
  const prompt = readPrompt(
    '---\nagent: ItemEvaluator\nversion: 9.0.0\n---\n\n# ItemEvaluator\n\nBe strict.\n',
    'strict.md',
  );
  const asked: string[] = [];

  await judge({
    ...run,
    changed(key) {
      asked.push(key);
      return { prompt, model: 'large-1', settings: { temperature: 0.5, maxTokens: 77 } };
    },
  });

  expect(new Set(asked)).toEqual(new Set([key]));
  expect(model.bodies).toMatchObject([
    {
      model: 'large-1',
      temperature: 0.5,
      seed: 1,
      messages: [{ role: 'system', content: '# ItemEvaluator\n\nBe strict.' }, { role: 'user' }],
    },
  ]);
  expect(Object.values(model.bodies[0] ?? {})).toContain(77);
  expect(spanOf('expansion_evaluation').attributes).toMatchObject({
    'agent.model': 'large-1',
    'agento.prompt.version': '9.0.0',
    'agento.prompt.sha256': prompt.sha256,
  });
  expect(spanOf('chat large-1').attributes).toMatchObject({
    'gen_ai.request.temperature': 0.5,
    'gen_ai.request.max_tokens': 77,
    'gen_ai.request.seed': 1,
  });
});
