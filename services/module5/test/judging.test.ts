import { closeAll } from '@agento/agent/testing';
import { afterEach, describe, expect, test } from 'vitest';
import { run as work } from '../src/run.ts';
import { produced_by } from './data.ts';
import { editor, fulfillment, input, nameOf, run5, shown } from './editor.ts';

afterEach(closeAll);

describe('Judging in module 5', () => {
  test('gives the unchanged text the judgement of the original: the same judge is shown the same words.', async () => {
    const { model, run } = await run5((body) => {
      const answer = editor(body);
      return nameOf(body) === 'revision_apply'
        ? { content: { changes: ['Nothing.'], revised_text: 'What to do about room.' } }
        : answer;
    });

    const { adds } = await work(input, { ...run, maxAttempts: 1 });

    const [baseline, attempt] = model.bodies.filter((body) => shown(body).revised_text);
    expect(attempt?.messages).toEqual(baseline?.messages);
    const [result] = adds.revision_results;
    const { score, criteria_fulfillment } = result?.attempts[0]?.evaluation ?? {};
    expect({ score, criteria_fulfillment }).toEqual({
      score: result?.baseline?.score,
      criteria_fulfillment: result?.baseline?.criteria_fulfillment,
    });
    expect(result?.accepted_attempt).toBeNull();
  });

  test('names the answer that it judges in each verdict, where the text is from a known one.', async () => {
    const { run, spans } = await run5(editor);

    await work(input, { ...run, maxAttempts: 1 });

    const judgedIn = (name: string) =>
      spans()
        .find((span) => span.name === name)
        ?.events.filter((event) => event.name === 'gen_ai.evaluation.result')
        .map(({ attributes }) => attributes?.['gen_ai.response.id']);
    const writing = spans().find(({ name }) => name === 'revision_apply');
    const answer = spans().find(({ parentSpanId }) => parentSpanId === writing?.spanId);
    const id = answer?.attributes['gen_ai.response.id'];
    expect(id).toMatch(/^chatcmpl-/);
    expect(new Set(judgedIn('revision_evaluation'))).toEqual(new Set([id]));
    expect(new Set(judgedIn('revision_baseline'))).toEqual(new Set([undefined]));
    // The plan as a whole is no one answer.
    expect(new Set(judgedIn('quality_check'))).toEqual(new Set([undefined]));
  });

  test('holds a plan that breaks a limit, whatever criteria it meets, and quotes where.', async () => {
    const constraint = {
      id: 'k1',
      text: 'No room is rented.',
      kind: 'means' as const,
      quote: 'café',
      produced_by,
    };
    const { run, span } = await run5((body) => {
      if (nameOf(body) !== 'quality_check') return editor(body);
      const passage = 'Find a room by 1 May.';
      return {
        content: {
          constraints: [{ constraint_id: 'k1', explanation: 'It is rented.', passage, status: 'broken' }],
          criteria: fulfillment('fully_met'),
          strengths: [],
          open_issues: [],
          summary: 'All of it.',
        },
      };
    });

    const { adds } = await work({ ...input, constraints: [constraint] }, run);

    expect(adds.quality_report).toMatchObject({ decision: 'hold', share_met: 1 });
    const { events, links, attributes } = span('quality_check');
    expect(events.at(-2)?.attributes ?? {}).toMatchObject({
      kind: 'quality_gate',
      chosen: ['hold'],
      reason: 'Constraints broken: k1. Every criterion is fully met',
      margin: 1,
    });
    expect(events.find(({ attributes }) => attributes['agento.constraint.id'] === 'k1')?.attributes).toEqual({
      'gen_ai.evaluation.name': 'constraint',
      'gen_ai.evaluation.score.value': 0,
      'gen_ai.evaluation.score.label': 'fail',
      'gen_ai.evaluation.explanation': 'It is rented. “Find a room by 1 May.”',
      'agento.constraint.id': 'k1',
      'agento.constraint.status': 'broken',
      'agento.plan.id': 'p1',
    });
    expect(links.map(({ attributes }) => attributes.relationship)).toEqual(['final_plan', 'constraints']);
    expect(attributes['agento.quality.broken_constraints']).toBe(1);
  });
});

describe('A run without one of its judgements', () => {
  /** The judge of attempts, or the writer, or the checker, gives nothing that can be used. */
  const without = (...names: string[]) =>
    run5((body) => (names.includes(nameOf(body) ?? '') ? { content: 'I cannot say.' } : editor(body)));
  const unusable = 'The answer was still invalid after one repair: / this is not JSON';

  test('keeps the original where an attempt could not be judged, and asks for no other.', async () => {
    const { run } = await without('revision_evaluation');

    const { adds } = await work(input, run);

    expect(adds.revision_results[0]).toMatchObject({ attempt_count: 1, accepted_attempt: null });
    expect(adds.revision_results[0]?.attempts[0]?.evaluation).toMatchObject({
      score: null,
      meets_criteria: false,
      criteria_fulfillment: [],
      reasoning: unusable,
    });
  });

  test('keeps the original where no attempt was written, and says whose answer it was.', async () => {
    const { run } = await without('revision_apply');

    const { adds } = await work(input, run);

    expect(adds.revision_results[0]).toMatchObject({
      attempts: [],
      attempt_count: 0,
      accepted_attempt: null,
      given_up: { step: 'revision_apply', agent_name: 'RevisionApplier', reason: unusable },
    });
  });

  test('takes the verdicts of module 3 where the original could not be judged.', async () => {
    const { run, span } = await without('revision_baseline');

    const { adds } = await work(input, run);

    expect(adds.revision_results[0]).toMatchObject({ baseline: { score: null }, accepted_attempt: 2 });
    expect(String(span('revision_implementation').attributes['agento.decision.candidates'])).toContain(
      'by the verdicts of module 3',
    );
  });

  test('hands on a plan that could not be judged as a whole as one that is held.', async () => {
    const { run } = await without('quality_check');

    const { adds, files } = await work(input, run);

    expect(adds.quality_report).toMatchObject({
      decision: 'hold',
      share_met: null,
      criteria: [
        { criterion_id: 'c1', status: 'not_judged', explanation: unusable },
        { criterion_id: 'c2', status: 'not_judged', explanation: unusable },
      ],
    });
    expect(files?.map(({ name }) => name)).toEqual(['final_plan.md', 'final_plan.json']);
  });
});
