import { type PlanOutline, type PlanScore, planView } from '@agento/contracts';
import { describe, expect, test } from 'vitest';
import { selectPlan } from '../src/selection.ts';

const produced_by = {
  agent_name: 'BalancedPlanner',
  model: 'm',
  prompt_version: '1.0.0',
  prompt_sha256: 'x',
  trace_id: 't',
  span_id: 's',
};

function plan(id: string, items = 3): PlanOutline {
  return {
    id,
    plan_title: `Title of ${id}`,
    plan_description: 'd',
    plan_items: Array.from({ length: items }, (_, index) => ({
      id: `${id}-i${index + 1}`,
      item_title: 't',
      item_description: 'd',
      produced_by,
    })),
    reasoning: 'r',
    rating: 5,
    created_by: 'BalancedPlanner',
    produced_by,
  };
}
function scoresOf(table: Record<string, number[]>): PlanScore[] {
  return Object.entries(table).flatMap(([plan_id, scores]) =>
    scores.map((score, index) => ({
      id: `s-${plan_id}-c${index + 1}`,
      plan_id,
      criterion_id: `c${index + 1}`,
      score,
      reasoning: 'r',
      produced_by,
    })),
  );
}

describe('The selection', () => {
  test('takes the highest mean over all criteria, and says what each plan got and by how much it lost.', () => {
    const plans = ['p1', 'p2', 'p3'].map((id) => plan(id));

    const selected = selectPlan(plans, scoresOf({ p1: [0.7, 0.7], p2: [0.9, 0.8], p3: [0.1, 0.2] }));

    const reason = 'p2 has the highest mean score over all criteria: 0.85';
    expect(selected).toEqual({
      plan: plans[1],
      decision: {
        candidates: [
          { id: 'p1', label: 'Title of p1', scores: { c1: 0.7, c2: 0.7, total: 0.7 } },
          { id: 'p2', label: 'Title of p2', scores: { c1: 0.9, c2: 0.8, total: 0.85 } },
          { id: 'p3', label: 'Title of p3', scores: { c1: 0.1, c2: 0.2, total: 0.15 } },
        ],
        chosen: ['p2'],
        rejected: [
          { id: 'p1', reason: 'mean score 0.7, 0.15 below p2' },
          { id: 'p3', reason: 'mean score 0.15, 0.7 below p2' },
        ],
        reason,
        margin: 0.15,
      },
      selection: {
        plan_id: 'p2',
        totals: { p1: 0.7, p2: 0.85, p3: 0.15 },
        reason,
        margin: 0.15,
        tie_break: null,
      },
    });
  });

  test.each([
    ['the highest of the lowest scores', { p1: [1, 0.2], p2: [0.6, 0.6], p3: [0, 0] }, [3, 3, 3], 'p2'],
    ['fewer items', { p1: [0.6, 0.6], p2: [0.6, 0.6], p3: [0, 0] }, [5, 4, 3], 'p2'],
    ['the first by id', { p1: [0.6, 0.6], p2: [0.6, 0.6], p3: [0.6, 0.6] }, [4, 4, 4], 'p1'],
  ])('with equal means is decided by %s, and says so.', (name, table, items, winner) => {
    const plans = items.map((count, index) => plan(`p${index + 1}`, count));

    const { selection, decision } = selectPlan(plans, scoresOf(table));

    expect(selection).toMatchObject({
      plan_id: winner,
      margin: 0,
      tie_break: `Equal totals: decided by ${name}`,
    });
    expect(decision.tieBreak).toBe(`Equal totals: decided by ${name}`);
    expect(decision.rejected[0]?.reason).toContain(`; Equal totals: decided by ${name}`);
  });

  test('sees means as equal whatever binary fractions make of them.', () => {
    const plans = [plan('p1'), plan('p2')];

    const { selection } = selectPlan(plans, scoresOf({ p1: [0.1, 0.2, 0.3], p2: [0.3, 0.2, 0.1] }));

    expect(selection).toMatchObject({ totals: { p1: 0.2, p2: 0.2 }, margin: 0, plan_id: 'p1' });
  });

  test('does not depend on the order in which the plans come.', () => {
    const plans = ['p3', 'p1', 'p2'].map((id) => plan(id));

    const { selection } = selectPlan(plans, scoresOf({ p3: [0.5], p1: [0.5], p2: [0.5] }));

    expect(selection.plan_id).toBe('p1');
  });
});

test('A plan is shown without who wrote it and how it rated itself.', () => {
  expect(planView(plan('p1', 1))).toEqual({
    id: 'p1',
    plan_title: 'Title of p1',
    plan_description: 'd',
    plan_items: [{ id: 'p1-i1', item_title: 't', item_description: 'd' }],
  });
});
