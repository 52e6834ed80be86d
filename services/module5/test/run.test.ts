import { closeAll } from '@agento/agent/testing';
import { afterEach, describe, expect, test } from 'vitest';
import { module } from '../src/module.ts';
import { run as work } from '../src/run.ts';
import { outline } from './data.ts';
import { editor, fulfillment, input, nameOf, run5, shown } from './editor.ts';

afterEach(closeAll);

describe('Module 5', () => {
  test('refines an attempt that falls short with what it was told, and accepts the one that is best.', async () => {
    const { model, run } = await run5();

    const { adds } = await work(input, run);

    expect(model.bodies.map(nameOf)).toEqual([
      'revision_baseline',
      'revision_apply',
      'revision_evaluation',
      'revision_refinement',
      'revision_evaluation',
      'quality_check',
    ]);
    const told = [{ id: 'p1-i1-a1-s1', text: 'Name the day.' }];
    expect(model.bodies.map((body) => shown(body).suggestions)).toEqual([
      [],
      undefined,
      [],
      told,
      told,
      undefined,
    ]);
    const [result] = adds.revision_results;
    expect(result).toMatchObject({
      baseline: { score: 0.6, meets_criteria: false, criteria_fulfillment: fulfillment('not_met') },
      attempt_count: 2,
      accepted_attempt: 2,
      final_text: 'Find a room by 1 May.',
    });
    expect(result?.attempts.map(({ id, agent_name, feedback }) => ({ id, agent_name, feedback }))).toEqual([
      { id: 'p1-i1-a1', agent_name: 'RevisionApplier', feedback: [] },
      {
        id: 'p1-i1-a2',
        agent_name: 'RevisionRefiner',
        feedback: [{ suggestion_id: 'p1-i1-a1-s1', status: 'addressed', evidence: 'by 1 May' }],
      },
    ]);
    expect(adds.revised_outline.plan_items.map(({ item_description }) => item_description)).toEqual([
      'Find a room by 1 May.',
      'What to do about people.',
    ]);
    expect(adds.criteria_fulfillment_summary).toEqual(
      ['c1', 'c2'].map((id) => ({
        criterion_id: id,
        criteria: `Text of ${id}`,
        items: [
          { item_id: 'p1-i1', status: 'fully_met' },
          { item_id: 'p1-i2', status: 'fully_met' },
        ],
        fully_met: 2,
        partially_met: 0,
        not_met: 0,
        not_judged: 0,
      })),
    );
  });

  test('holds the plan when no more than half of its criteria are fully met, and computes that itself.', async () => {
    const { run, span } = await run5();

    const { adds } = await work(input, run);

    expect(adds.quality_report).toMatchObject({ decision: 'hold', share_met: 0.5, summary: 'Half of it.' });
    const check = span('quality_check');
    expect(check.events.find(({ name }) => name === 'agento.decision')?.attributes).toEqual({
      kind: 'quality_gate',
      candidates: JSON.stringify([
        { id: 'publish', label: 'Hand the plan on', scores: { total: 0.5 } },
        { id: 'hold', label: 'Keep the plan back', scores: { total: 0.5 } },
      ]),
      chosen: ['hold'],
      rejected: JSON.stringify([{ id: 'publish', reason: '0.5 of the criteria are fully met, 0.5 are not' }]),
      reason: 'Not fully met: c2',
      margin: 0,
      tie_break: 'Equal shares: the plan is held',
    });
    expect(
      check.events
        .filter(({ name }) => name === 'gen_ai.evaluation.result')
        .map(({ attributes }) => [
          attributes['agento.criterion.id'],
          attributes['gen_ai.evaluation.score.value'],
          attributes['gen_ai.evaluation.score.label'],
          attributes['agento.criterion.status'],
        ]),
    ).toEqual([
      ['c1', 1, 'pass', 'fully_met'],
      ['c2', 0.5, 'fail', 'partially_met'],
    ]);
  });

  test('leaves the plan as a document and as data, with the costs of the modules before it.', async () => {
    const { run } = await run5();

    const { adds, files = [] } = await work(input, run);

    expect(files.map(({ name, media_type }) => [name, media_type])).toEqual([
      ['final_plan.md', 'text/markdown'],
      ['final_plan.json', 'application/json'],
    ]);
    const [document, data] = files.map(({ content }) => content);
    expect(adds.final_plan).toMatchObject({ name: 'final_plan.md', size: Buffer.byteLength(document ?? '') });
    expect(document).toContain('**This plan is held back:** as a whole it meets 1 of its 2 criteria.');
    expect(document).toContain(
      '7 model calls, 700 tokens in, 140 out, at least $0.2500 (no price for small-1-2026-01-01).',
    );
    expect(Object.keys(JSON.parse(data ?? '')).sort()).toEqual([
      'criteria',
      'criteria_fulfillment_summary',
      'goal',
      'quality_report',
      'revised_outline',
      'revision_results',
      'run_id',
      'schema_version',
    ]);
  });

  test('stands in the trace as attempts below an implementation, each linked to what it works on.', async () => {
    const { run, spans, span } = await run5();

    await work(input, run);

    const names = Object.fromEntries(
      spans().map(({ spanId, name, attributes }) => [
        spanId,
        `${name} ${attributes['agento.attempt'] ?? ''}`.trim(),
      ]),
    );
    const steps = spans().filter(({ name }) => !name.startsWith('chat'));
    expect(
      steps.map(({ spanId, parentSpanId, links }) => [
        names[spanId],
        names[parentSpanId ?? ''] ?? null,
        links.map(({ spanId, attributes }) => `${attributes.relationship} ${names[spanId] ?? 'before'}`),
      ]),
    ).toEqual([
      ['revision_baseline', 'revision_implementation', ['item before']],
      ['revision_apply 1', 'revision_attempt 1', []],
      ['revision_evaluation 1', 'revision_attempt 1', ['attempt revision_apply 1']],
      ['revision_attempt 1', 'revision_implementation', []],
      ['revision_refinement 2', 'revision_attempt 2', []],
      ['revision_evaluation 2', 'revision_attempt 2', ['attempt revision_refinement 2']],
      ['revision_attempt 2', 'revision_implementation', ['feedback revision_evaluation 1']],
      ['revision_implementation', null, ['approval before']],
      ['final_assembly', null, ['accepted_attempt revision_refinement 2', 'original_item before']],
      ['quality_check', null, ['final_plan final_assembly']],
    ]);
    expect(span('revision_implementation').attributes).toMatchObject({
      'agento.decision.kind': 'attempt_acceptance',
      'agento.decision.chosen': ['attempt-2'],
      'agento.attempts.count': 2,
      'agento.attempt.accepted': 2,
    });
    const feedback = spans().flatMap(({ events }) => events.filter(({ name }) => name === 'agento.feedback'));
    expect(feedback.map(({ attributes }) => attributes)).toEqual([
      {
        suggestion_id: 'p1-i1-a1-s1',
        text: 'Name the day.',
        status: 'addressed',
        evidence: 'by 1 May',
      },
    ]);
  });

  test('stops at the attempts it may make, and keeps the original when none is better.', async () => {
    const { model, run } = await run5((body) => {
      const { revised_text, suggestions } = shown(body);
      if (typeof revised_text !== 'string') return editor(body);
      return {
        content: {
          criteria_fulfillment: [
            { criterion_id: 'c1', explanation: 'e', status: 'partially_met' },
            { criterion_id: 'c2', explanation: 'e', status: 'not_met' },
          ],
          feedback: (suggestions as { id: string }[]).map(({ id }) => ({
            suggestion_id: id,
            status: 'ignored',
            evidence: '',
          })),
          reasoning: 'r',
          score: 10,
          improvement_suggestions: ['Again.'],
        },
      };
    });

    const { adds } = await work(input, { ...run, maxAttempts: 3 });

    expect(model.bodies.filter((body) => nameOf(body) === 'revision_evaluation')).toHaveLength(3);
    expect(adds.revision_results[0]).toMatchObject({
      attempt_count: 3,
      accepted_attempt: null,
      final_text: 'What to do about room.',
    });
    expect(adds.revised_outline.plan_items).toEqual(outline.plan_items);
    expect(adds.criteria_fulfillment_summary[1]).toMatchObject({ fully_met: 1, not_met: 1 });
  });

  test('refuses details of items there are not, and an approval of no request.', () => {
    const [first, second] = input.item_details;
    if (!first || !second) throw new Error('The input lacks details');

    expect(module.checkInput?.(input)).toEqual([]);
    expect(
      module.checkInput?.({
        ...input,
        item_details: [
          { ...first, revision_request: null },
          { ...second, item_id: 'p9-i9' },
        ],
      }),
    ).toEqual([
      { pointer: '/item_details/1/item_id', detail: 'is not an item of the expanded plan' },
      {
        pointer: '/item_details/0/revision_request',
        detail: 'must not be null if revision_evaluation is set',
      },
    ]);
    expect(module.checkInput?.({ ...input, item_details: [first, second, second] })).toEqual([
      { pointer: '/item_details/2/item_id', detail: 'is a duplicate' },
    ]);
  });
});
