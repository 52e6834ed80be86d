import { closeAll, harness, type RequestBody } from '@agento/agent/testing';
import type { CriterionView, ItemView, Module3Input } from '@agento/contracts';
import { afterEach, describe, expect, test } from 'vitest';
import { module } from '../src/module.ts';
import { run as work } from '../src/run.ts';

afterEach(closeAll);

const trace_id = '0af7651916cd43dd8448eb211c80319c';
const [chosenIn, selectedIn] = ['b7ad6b7169203331', '00f067aa0ba902b7'];
const produced_by = {
  agent_name: 'CriteriaEvaluator',
  model: 'm',
  prompt_version: '1.0.0',
  prompt_sha256: 'x',
  trace_id,
  span_id: chosenIn,
};
const criteria = ['c1', 'c2'].map((id) => ({
  id,
  criteria: `Text of ${id}`,
  reasoning: 'r',
  rating: 5,
  produced_by,
}));
const outline = {
  id: 'p1',
  plan_title: 'A café that repairs',
  plan_description: 'd',
  plan_items: ['Room', 'People', 'Tools'].map((item_title, index) => ({
    id: `p1-i${index + 1}`,
    item_title,
    item_description: `About ${item_title}`,
    produced_by,
  })),
  reasoning: 'r',
  rating: 5,
  created_by: 'LeanPlanner',
  produced_by,
};
const input: Module3Input = {
  goal: 'Open a repair café',
  search_summary: 's',
  search_mode: 'model_knowledge',
  sources: [],
  success_criteria: criteria,
  selected_criteria: criteria,
  plan_outlines: [outline],
  plan_scores: [],
  plan_selection: {
    plan_id: 'p1',
    totals: { p1: 1 },
    reason: 'r',
    margin: 0,
    tie_break: null,
    trace_id,
    span_id: selectedIn,
  },
  selected_outline: outline,
};

/** What a step was shown. */
function shown(body: RequestBody): { item: ItemView; criterion?: CriterionView; plan?: unknown } {
  const text = body.messages[1]?.content ?? '';
  return JSON.parse(text.slice('<input>\n'.length, -'\n</input>'.length));
}

/** Writes each item out, and fails People on c2. */
function expert(body: RequestBody) {
  const { item, criterion } = shown(body);
  if (!criterion) return { content: { text: `${item.item_title}, written out.` } };
  const fails = item.item_title === 'People' && criterion.id === 'c2';
  return { content: { reasoning: 'r', score: fails ? 20 : 90 } };
}

describe('Module 3', () => {
  test('writes every item out, judges it on every criterion, and sums up by criterion.', async () => {
    const { run } = await harness(expert);

    const { adds } = await work(input, run);

    expect(
      adds.expanded_outline.plan_items.map(({ id, item_title, item_description }) => [
        id,
        item_title,
        item_description,
      ]),
    ).toEqual([
      ['p1-i1', 'Room', 'Room, written out.'],
      ['p1-i2', 'People', 'People, written out.'],
      ['p1-i3', 'Tools', 'Tools, written out.'],
    ]);
    expect(
      adds.evaluation_results.map(({ id, result, score, criteria }) => [id, result, score, criteria]),
    ).toEqual([
      ['e-p1-i1-c1', 'pass', 0.9, 'Text of c1'],
      ['e-p1-i1-c2', 'pass', 0.9, 'Text of c2'],
      ['e-p1-i2-c1', 'pass', 0.9, 'Text of c1'],
      ['e-p1-i2-c2', 'fail', 0.2, 'Text of c2'],
      ['e-p1-i3-c1', 'pass', 0.9, 'Text of c1'],
      ['e-p1-i3-c2', 'pass', 0.9, 'Text of c2'],
    ]);
    expect(adds.criteria_summary).toEqual([
      { criterion_id: 'c1', criteria: 'Text of c1', passed: 3, failed: 0, not_judged: 0, mean_score: 0.9 },
      {
        criterion_id: 'c2',
        criteria: 'Text of c2',
        passed: 2,
        failed: 1,
        not_judged: 0,
        mean_score: 0.666667,
      },
    ]);
  });

  test('judges what was written, not the outline, and shows a model nothing of where things come from.', async () => {
    const { model, run } = await harness(expert);

    await work(input, run);

    const judged = model.bodies.filter((body) => shown(body).criterion).map((body) => shown(body).item);
    expect(new Set(judged.map(({ item_description }) => item_description))).toEqual(
      new Set(['Room, written out.', 'People, written out.', 'Tools, written out.']),
    );
    const said = JSON.stringify(model.bodies);
    expect(
      ['produced_by', 'span_id', trace_id, 'trace_metadata'].filter((word) => said.includes(word)),
    ).toEqual([]);
  });

  test('begins an item’s verdicts as soon as that item is written, while others are not.', async () => {
    const { model, run, stop } = await harness((body) => {
      const { item, criterion } = shown(body);
      return !criterion && item.item_title !== 'Room' ? { fault: 'stall' } : expert(body);
    });

    const running = work(input, run).catch((error: unknown) => error);
    await expect
      .poll(() =>
        model.bodies
          .map((body) => shown(body).criterion?.id)
          .filter(Boolean)
          .sort(),
      )
      .toEqual(['c1', 'c2']);

    stop.abort(new Error('Seen enough'));
    expect(await running).toMatchObject({ name: 'Cancelled' });
  });

  test('passes from 50 points on, by code.', async () => {
    const { run } = await harness((body) => {
      const { item, criterion } = shown(body);
      if (!criterion) return expert(body);
      return { content: { reasoning: 'r', score: item.item_title === 'Room' ? 50 : 49 } };
    });

    const { adds } = await work(input, run);

    expect(adds.evaluation_results.map(({ result, score }) => [result, score])).toEqual([
      ['pass', 0.5],
      ['pass', 0.5],
      ...Array(4).fill(['fail', 0.49]),
    ]);
  });

  /** The judge cannot answer on these items. */
  const speechless = (...titles: string[]) =>
    harness((body) => {
      const { item, criterion } = shown(body);
      return criterion && titles.includes(item.item_title) ? { content: 'I cannot say.' } : expert(body);
    });

  test('goes on without a verdict that could not be had: no score, no failure, counted, with its reason.', async () => {
    const { run, span } = await speechless('Tools');

    const { adds } = await work(input, run);

    const [, , , , lost] = adds.evaluation_results;
    expect(lost).toMatchObject({
      id: 'e-p1-i3-c1',
      result: 'not_judged',
      score: null,
      reasoning: 'The answer was still invalid after one repair: / this is not JSON',
      produced_by: { agent_name: 'ItemEvaluator' },
    });
    expect(adds.criteria_summary).toEqual([
      { criterion_id: 'c1', criteria: 'Text of c1', passed: 2, failed: 0, not_judged: 1, mean_score: 0.9 },
      { criterion_id: 'c2', criteria: 'Text of c2', passed: 1, failed: 1, not_judged: 1, mean_score: 0.55 },
    ]);
    expect(span('plan_expansion').attributes['agento.verdicts.not_judged_count']).toBe(2);
  });

  test('ends where most of the plan could not be judged, and names the first verdict that is missing.', async () => {
    const { run, spans } = await speechless('Tools', 'Room');

    const failure = await work(input, run).catch((error: unknown) => error);

    const first = spans().find(
      ({ attributes, name }) =>
        name === 'expansion_evaluation' &&
        attributes['agento.item.id'] === 'p1-i1' &&
        attributes['agento.criterion.id'] === 'c1',
    );
    expect(failure).toMatchObject({
      code: 'answer_invalid',
      message:
        '4 of 6 verdicts are missing. The first: The answer was still invalid after one repair: / this is not JSON',
      failedStep: { step: 'expansion_evaluation', agent_name: 'ItemEvaluator', span_id: first?.spanId },
    });
  });

  test('shows the judge the titles of the whole plan, so that it can tell this item’s share.', async () => {
    const { model, run } = await harness(expert);

    await work(input, run);

    const judged = model.bodies.map(shown).filter(({ criterion }) => criterion);
    expect(judged.map(({ plan }) => plan)).toEqual(
      Array(6).fill({ plan_title: 'A café that repairs', item_titles: ['Room', 'People', 'Tools'] }),
    );
  });

  test('links each item to the selection and each verdict to its criterion and its item, with the verdict on its span.', async () => {
    const { run, spans } = await harness(expert);

    const { adds } = await work(input, run);

    const [people] = adds.expanded_outline.plan_items.filter(({ item_title }) => item_title === 'People');
    const written = spans().find(
      ({ name, attributes }) => name === 'item_generation' && attributes['agento.item.id'] === 'p1-i2',
    );
    expect(people?.produced_by.span_id).toBe(written?.spanId);
    expect(written?.links).toEqual([
      { traceId: trace_id, spanId: selectedIn, attributes: { relationship: 'plan', 'agento.plan.id': 'p1' } },
    ]);
    expect(written?.attributes).toMatchObject({
      'agento.plan.section': 'People, written out.',
      'agento.section.size': 20,
      'agento.plan.id': 'p1',
    });
    const judged = spans().find(
      ({ name, attributes }) =>
        name === 'expansion_evaluation' &&
        attributes['agento.item.id'] === 'p1-i2' &&
        attributes['agento.criterion.id'] === 'c2',
    );
    expect(judged?.links).toEqual([
      {
        traceId: trace_id,
        spanId: chosenIn,
        attributes: { relationship: 'criterion', 'agento.criterion.id': 'c2' },
      },
      {
        traceId: written?.traceId,
        spanId: written?.spanId,
        attributes: { relationship: 'item', 'agento.item.id': 'p1-i2' },
      },
    ]);
    const verdict = {
      'gen_ai.evaluation.name': 'item_criterion',
      'gen_ai.evaluation.score.value': 0.2,
      'gen_ai.evaluation.score.label': 'fail',
      'gen_ai.evaluation.explanation': 'r',
      'agento.item.id': 'p1-i2',
      'agento.criterion.id': 'c2',
    };
    expect(judged?.attributes).toMatchObject({ ...verdict, 'agento.verdict.pass': false });
    expect(judged?.events.filter(({ name }) => name === 'gen_ai.evaluation.result')).toEqual([
      {
        name: 'gen_ai.evaluation.result',
        attributes: {
          ...verdict,
          'gen_ai.response.id': spans().find(({ parentSpanId }) => parentSpanId === written?.spanId)
            ?.attributes['gen_ai.response.id'],
        },
      },
    ]);
    const group = spans().find(({ name }) => name === 'plan_expansion');
    expect(group?.attributes).toMatchObject({
      'agento.step': 'group',
      'agento.items.count': 3,
      'agento.verdicts.count': 6,
      'agento.verdicts.fail_count': 1,
    });
    expect([judged?.parentSpanId, written?.parentSpanId]).toEqual([group?.spanId, group?.spanId]);
  });

  test('refuses an outline in which two items share an id: later modules match by it.', () => {
    const [first, second, third] = outline.plan_items;
    if (!first || !second || !third) throw new Error('The outline lacks items');
    const selected_outline = { ...outline, plan_items: [first, second, { ...third, id: first.id }] };

    expect(module.checkInput?.(input)).toEqual([]);
    expect(module.checkInput?.({ ...input, selected_outline })).toEqual([
      { pointer: '/selected_outline/plan_items/2/id', detail: 'is a duplicate' },
    ]);
  });
});
