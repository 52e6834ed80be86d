import { afterEach, describe, expect, test } from 'vitest';
import { createMemoryJournal, type Journal, type RecordedCall } from '../src/index.ts';
import { badVerdict, closeAll, goodVerdict, harness, judge } from './harness.ts';

afterEach(closeAll);

/** A journal that shows what was recorded in it. */
function watched(earlier: RecordedCall[] = []): { journal: Journal; recorded: RecordedCall[] } {
  const recorded: RecordedCall[] = [];
  const inner = createMemoryJournal(earlier);
  return {
    recorded,
    journal: {
      ...inner,
      async record(call) {
        // As a store keeps it.
        recorded.push(JSON.parse(JSON.stringify(call)));
      },
    },
  };
}

test('A call that may not be made is not: somebody else has the run by now.', async () => {
  const { run, model } = await harness([{ content: goodVerdict }]);
  const journal: Journal = {
    ...createMemoryJournal(),
    permit: () => Promise.reject(new Error('somebody else has it')),
  };

  await expect(judge({ ...run, journal })).rejects.toThrow('somebody else has it');
  expect(model.bodies).toEqual([]);
});

describe('A call that is in the journal', () => {
  test('is not made again: the repeated execution gets the same answer, and the same repair.', async () => {
    const first = await harness([{ content: badVerdict }, { content: goodVerdict }]);
    const { journal, recorded } = watched();
    const answer = await judge({ ...first.run, journal });

    const again = await harness([]);
    const repeated = await judge({ ...again.run, journal: createMemoryJournal(recorded) });

    const key = 'm3/expansion_evaluation/ItemEvaluator/p1-i1/c1';
    expect(recorded.map((call) => call.key)).toEqual([key, `${key}/call-2`]);
    expect([repeated, again.model.bodies.length]).toEqual([answer, 0]);
    expect(again.run.ledger.entries()).toEqual(first.run.ledger.entries());
  });

  test('has its span with prompt, answer and tokens, marked and linked to the span that made it.', async () => {
    const first = await harness([{ content: goodVerdict }]);
    const { journal, recorded } = watched();
    await judge({ ...first.run, journal });
    const made = first.span('chat small-1');
    const [{ span: madeBy } = { span: null }] = recorded;

    const again = await harness([]);
    await judge({ ...again.run, journal: createMemoryJournal(recorded) });

    const recalled = again.span('chat small-1');
    expect(recalled.attributes).toMatchObject({
      'agento.journal': true,
      'gen_ai.output.messages': made.attributes['gen_ai.output.messages'],
      'gen_ai.input.messages': made.attributes['gen_ai.input.messages'],
      'gen_ai.usage.input_tokens': 100,
      'gen_ai.usage.output_tokens': 20,
    });
    expect(madeBy).toEqual({ trace_id: made.traceId, span_id: made.spanId });
    expect(recalled.links).toMatchObject([{ attributes: { relationship: 'recorded_by' } }]);
  });

  test('is made again if anything of the request is different.', async () => {
    const first = await harness([{ content: goodVerdict }]);
    const { journal, recorded } = watched();
    await judge({ ...first.run, journal });

    const other = await harness([{ content: { ...goodVerdict, score: 40 } }], { AGENTO_TEMPERATURE: '0.5' });
    const answer = await judge({ ...other.run, journal: createMemoryJournal(recorded) });

    expect([answer, other.model.bodies.length]).toEqual([{ ...goodVerdict, score: 40 }, 1]);
  });
});

test('A call that failed is not recorded.', async () => {
  const { run } = await harness([{ status: 401 }]);
  const { journal, recorded } = watched();

  await expect(judge({ ...run, journal })).rejects.toThrow('401');

  expect(recorded).toEqual([]);
});
