import { afterEach, describe, expect, test } from 'vitest';
import { constraintLinks, groundOf, orElse } from '../src/index.ts';
import { badVerdict, closeAll, goodVerdict, harness, judge } from './harness.ts';

afterEach(closeAll);

const instead = (lost: unknown) => ({ reasoning: 'not judged', score: 0, lost });

describe('A judgement that is not to end the run', () => {
  test('is replaced where its answer stays unusable after the repair, and says who was asked where.', async () => {
    const { run, span } = await harness([{ content: badVerdict }, { content: badVerdict }]);

    const made = await orElse<object>(judge(run), instead);

    const failed = span('expansion_evaluation');
    expect(made).toMatchObject({
      lost: {
        step: 'expansion_evaluation',
        agent_name: 'ItemEvaluator',
        reason: 'The answer was still invalid after one repair: /score must be <= 100',
        produced_by: {
          agent_name: 'ItemEvaluator',
          model: 'small-1',
          prompt_version: '1.2.0',
          span_id: failed.spanId,
        },
      },
    });
    expect(failed.attributes['error.type']).toBe('answer_invalid');
  });

  test('is replaced where the model declines.', async () => {
    const { run } = await harness([{ message: { refusal: 'No.' } }]);

    expect(await orElse<object>(judge(run), instead)).toMatchObject({
      lost: { reason: 'The model declined to answer' },
    });
  });

  test('is taken as it is where it can be used.', async () => {
    const { run } = await harness([{ content: goodVerdict }]);

    expect(await orElse<object>(judge(run), instead)).toEqual(goodVerdict);
  });

  test('ends the run where the endpoint refuses everybody.', async () => {
    const { run } = await harness([{ status: 401 }]);

    await expect(orElse<object>(judge(run), instead)).rejects.toMatchObject({ code: 'model_rejected' });
  });
});

describe('What everyone is shown first', () => {
  const constraint = {
    id: 'k1',
    text: 'At most 40,000 is spent.',
    kind: 'money' as const,
    quote: '40,000 at most',
    produced_by: {
      agent_name: 'ConstraintExtractor',
      model: 'small-1',
      prompt_version: '1.0.0',
      prompt_sha256: 'ab',
      trace_id: 'a'.repeat(32),
      span_id: 'b'.repeat(16),
    },
  };

  test('is goal, constraints and a short context, in this order, and nothing of who found them.', () => {
    const ground = groundOf({ context: 'Short.', constraints: [constraint], goal: 'Open a café' });

    expect(JSON.stringify(ground)).toBe(
      '{"goal":"Open a café","constraints":[{"id":"k1","text":"At most 40,000 is spent.","kind":"money","quote":"40,000 at most"}],"context":"Short."}',
    );
  });

  test('leaves a context of more than 4 KiB to those that ask for it whole.', () => {
    const context = 'é'.repeat(2_049);

    expect(groundOf({ goal: 'g', context })).toEqual({ goal: 'g', constraints: [] });
    expect(groundOf({ goal: 'g', context }, 'whole')).toEqual({ goal: 'g', constraints: [], context });
  });

  test('leads back to the step that found the constraints, once, and nowhere where there are none.', () => {
    expect(constraintLinks({ goal: 'g', constraints: [constraint, { ...constraint, id: 'k2' }] })).toEqual({
      constraints: { to: { trace_id: 'a'.repeat(32), span_id: 'b'.repeat(16) } },
    });
    expect(constraintLinks({ goal: 'g', constraints: [] })).toEqual({});
    expect(constraintLinks({ goal: 'g' })).toEqual({});
  });
});
