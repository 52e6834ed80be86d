import { closeAll, harness, type Reply, type RequestBody } from '@agento/agent/testing';
import { type Module2Input, moduleInfo, type PlanView } from '@agento/contracts';
import { afterEach, describe, expect, test } from 'vitest';
import { run as work } from '../src/run.ts';

afterEach(closeAll);

const trace_id = '0af7651916cd43dd8448eb211c80319c';
const chosenIn = 'b7ad6b7169203331';
const criteria = ['c1', 'c2', 'c3'].map((id) => ({
  id,
  criteria: `Text of ${id}`,
  reasoning: 'r',
  rating: 5,
  produced_by: {
    agent_name: 'CriteriaEvaluator',
    model: 'm',
    prompt_version: '1.0.0',
    prompt_sha256: 'x',
    trace_id,
    span_id: chosenIn,
  },
}));
const input: Module2Input = {
  goal: 'Open a repair café',
  search_summary: 's',
  search_mode: 'model_knowledge',
  sources: [],
  success_criteria: criteria,
  selected_criteria: criteria,
};

const agentOf = (body: RequestBody) => /^# (\w+)/.exec(body.messages[0]?.content ?? '')?.[1] ?? '';
function shown(body: RequestBody): { plans: PlanView[]; criteria: { id: string }[] } {
  const text = body.messages[1]?.content ?? '';
  return JSON.parse(text.slice('<input>\n'.length, -'\n</input>'.length));
}

/** Three planners that plan under their own names; the lean plan is best. */
function expert(body: RequestBody): Reply {
  const agent = agentOf(body);
  if (agent !== 'PlanEvaluator') {
    const plan_items = [1, 2, 3].map((n) => ({ item_title: `${agent} ${n}`, item_description: 'd' }));
    return {
      content: {
        plan_title: `By ${agent}`,
        plan_description: 'd',
        plan_items,
        reasoning: 'r',
        rating: 6,
      },
    };
  }
  const { plans, criteria } = shown(body);
  return {
    content: {
      scores: plans.flatMap(({ id, plan_title }) =>
        criteria.map((criterion) => ({
          plan_id: id,
          criterion_id: criterion.id,
          score: plan_title === 'By LeanPlanner' ? 90 : 40,
          reasoning: 'r',
        })),
      ),
    },
  };
}

async function run2(script: (body: RequestBody) => Reply = expert) {
  const made = await harness(script);
  return { ...made, run: { ...made.run, module: moduleInfo(2) } };
}

describe('Module 2', () => {
  test('has three planners of their own temper, one judge of all in one call, and selects by the scores.', async () => {
    const { model, run, span } = await run2();

    const { adds } = await work(input, run);

    expect(model.bodies.map(agentOf).sort()).toEqual([
      'AmbitiousPlanner',
      'BalancedPlanner',
      'LeanPlanner',
      'PlanEvaluator',
    ]);
    expect(
      adds.plan_outlines.map(({ id, created_by, plan_items }) => [
        id,
        created_by,
        plan_items.map(({ id }) => id),
      ]),
    ).toEqual([
      ['p1', 'BalancedPlanner', ['p1-i1', 'p1-i2', 'p1-i3']],
      ['p2', 'LeanPlanner', ['p2-i1', 'p2-i2', 'p2-i3']],
      ['p3', 'AmbitiousPlanner', ['p3-i1', 'p3-i2', 'p3-i3']],
    ]);
    expect(adds.plan_scores.map(({ id, score }) => [id, score])).toEqual(
      ['p1', 'p2', 'p3'].flatMap((plan) =>
        ['c1', 'c2', 'c3'].map((criterion) => [`s-${plan}-${criterion}`, plan === 'p2' ? 0.9 : 0.4]),
      ),
    );
    const { traceId, spanId } = span('plan_selection');
    expect(adds.plan_selection).toEqual({
      plan_id: 'p2',
      totals: { p1: 0.4, p2: 0.9, p3: 0.4 },
      reason: 'p2 has the highest mean score over all criteria: 0.9',
      margin: 0.5,
      tie_break: null,
      trace_id: traceId,
      span_id: spanId,
    });
    expect(adds.selected_outline).toEqual(adds.plan_outlines[1]);
  });

  test('lets the planners work at the same time.', async () => {
    const { model, run, stop } = await run2(() => ({ fault: 'stall' }));

    const running = work(input, run).catch((error: unknown) => error);
    await expect.poll(() => model.bodies).toHaveLength(3);
    stop.abort();

    expect(await running).toMatchObject({ name: 'Cancelled' });
  });

  test('shows the judge plans by their ids, and not who wrote them.', async () => {
    const { model, run } = await run2();

    await work(input, run);

    const judged = model.bodies.find((body) => agentOf(body) === 'PlanEvaluator');
    const plans = judged ? shown(judged).plans : [];
    expect(plans.map((plan) => Object.keys(plan).join(' '))).toEqual(
      Array(3).fill('id plan_title plan_description plan_items reasoning'),
    );
    expect(JSON.stringify(judged)).not.toContain('created_by');
  });

  test('records each plan, each score and the selection on spans that link to what they rest on.', async () => {
    const { run, spans, span } = await run2();

    const { adds } = await work(input, run);

    const toCriteria = criteria.map(({ id }) => `criterion ${id} ${chosenIn}`);
    const linksOf = (name: string) =>
      spans()
        .filter((span) => span.name === name)
        .map(({ links }) =>
          links.map(({ spanId, attributes }) =>
            [
              attributes.relationship,
              attributes['agento.criterion.id'] ?? attributes['agento.plan.id'],
              spanId,
            ]
              .filter(Boolean)
              .join(' '),
          ),
        );
    expect(linksOf('plan_generation')).toEqual([toCriteria, toCriteria, toCriteria]);
    expect(linksOf('plan_evaluation')).toEqual([
      [
        ...adds.plan_outlines.map(({ id, produced_by }) => `plan ${id} ${produced_by.span_id}`),
        ...toCriteria,
      ],
    ]);
    expect(linksOf('plan_selection')).toEqual([[`scores ${span('plan_evaluation').spanId}`]]);

    const lean = spans().find(
      ({ attributes }) => attributes['agento.plan.id'] === 'p2' && attributes['agento.plan.summary'],
    );
    expect(lean?.attributes).toMatchObject({
      'agent.name': 'LeanPlanner',
      'agento.plan.summary': 'By LeanPlanner — 1. LeanPlanner 1; 2. LeanPlanner 2; 3. LeanPlanner 3',
      'agento.plan.item_count': 3,
      'agento.plan.rating': 6,
    });
    const recorded = lean?.events.find(({ name }) => name === 'agento.plan')?.attributes.json;
    expect(JSON.parse(String(recorded))).toEqual(adds.plan_outlines[1]);

    const verdicts = span('plan_evaluation').events.filter(({ name }) => name === 'gen_ai.evaluation.result');
    expect(verdicts).toHaveLength(9);
    expect(verdicts[3]?.attributes).toEqual({
      'gen_ai.evaluation.name': 'plan_score',
      'gen_ai.evaluation.score.value': 0.9,
      'gen_ai.evaluation.score.label': 'pass',
      'gen_ai.response.id': spans().find(({ parentSpanId }) => parentSpanId === lean?.spanId)?.attributes[
        'gen_ai.response.id'
      ],
      'gen_ai.evaluation.explanation': 'r',
      'agento.criterion.id': 'c1',
      'agento.plan.id': 'p2',
    });
    expect(span('plan_selection').attributes).toMatchObject({
      'agent.name': 'PlanGenerator',
      'agento.step': 'selection',
      'agento.plan.id': 'p2',
      'agento.decision.kind': 'plan_selection',
      'agento.decision.margin': 0.5,
    });
  });
});
