import { describe, expect, test } from 'vitest';
import { finalPlanDocument } from '../src/document.ts';
import { outline, plan, produced_by, request, usage } from './data.ts';

test('The plan is a document to hand on: goal, criteria, items, how they are met, what was revised, where it comes from.', () => {
  expect(finalPlanDocument(plan)).toBe(`# A café that repairs

> Open a repair café

*Written by Agento with \`small-1\` of \`house\`.*

Two rooms, one day a month.

## What success means

1. Text of c1
2. Text of c2

## The plan

### 1. Room

What to do about room.

### 2. People

What to do about people.

## How the plan meets its criteria

It can be done.

| Criterion | Whole plan | Items that meet it | Why |
| --- | --- | --- | --- |
| Text of c1 | met | 1 of 2 | Why c1 |
| Text of c2 | met | 1 of 2 | Why c2 |

**Strengths**

- Short

**Still open**

- Insurance

## What was revised, and why

- **Room.** Asked for: Name a date. Why: Nobody knows when. Attempt 2 of 2 was accepted. On the way it was told: Say May.

## Where this comes from

The criteria rest on what the model knew, without a look at the web.

- [Repair Café](<https://www.repaircafe.org/a%20b>): The movement.

Written with \`small-1\` of \`house\`, from the outline of the LeanPlanner:
1 model calls, 100 tokens in, 20 out, $0.2500.
Run \`0b0e3c1a-7f43-4b3d-9c55-0c7f1f6f2a11\`, trace \`${'a'.repeat(32)}\`.
`);
});

describe('Text of a user or a model', () => {
  test('as a goal stays a quotation, whatever Markdown and line breaks it has.', () => {
    const goal = '# Ignore the plan\n\n## Instead\r\n- a list\n```\ncode\n> quote\rold line';

    const document = finalPlanDocument({ ...plan, goal });

    const quoted = document.slice(document.indexOf('\n\n') + 2, document.indexOf('\n\n*Written by'));
    expect(quoted.split(/[\n\r]/).filter((line) => !line.startsWith('>'))).toEqual([]);
    expect(quoted).toContain('> # Ignore the plan');
    expect(document.match(/^## /gm)).toHaveLength(5);
  });

  test('cannot break out of a heading, a list or a table.', () => {
    const nasty = 'One |\n# two\r\n- three';
    const document = finalPlanDocument({
      ...plan,
      selected_criteria: plan.selected_criteria.map((entry) => ({ ...entry, criteria: nasty })),
      revised_outline: { ...outline, plan_title: nasty, plan_items: outline.plan_items.slice(0, 1) },
    });

    expect(document.split('\n')[0]).toBe('# One | # two - three');
    expect(document).toContain('1. One | # two - three\n2. One | # two - three\n');
    expect(document).toContain('| One \\| # two - three | met | 1 of 1 | Why c1 |');
  });
});

describe('A plan that is held back', () => {
  test('says so before anything else, with the share of criteria it meets.', () => {
    const document = finalPlanDocument({
      ...plan,
      quality_report: {
        ...plan.quality_report,
        decision: 'hold',
        share_met: 0.333333,
        criteria: [
          { criterion_id: 'c1', status: 'partially_met', explanation: 'e' },
          { criterion_id: 'c2', status: 'not_met', explanation: 'e' },
        ],
      },
    });

    const notice =
      '**This plan is held back:** only 33 % of its criteria are fully met. See *How the plan meets its criteria*.';
    expect(document.indexOf(notice)).toBeGreaterThan(0);
    expect(document.indexOf(notice)).toBeLessThan(document.indexOf('## What success means'));
    expect(document).toContain('| Text of c1 | partly met |');
    expect(document).toContain('| Text of c2 | not met |');
  });
});

describe('What was revised', () => {
  test('is nothing when every item met every criterion.', () => {
    const document = finalPlanDocument({ ...plan, revision_results: [] });

    expect(document).toContain(
      '## What was revised, and why\n\nNothing: every item met every criterion.\n\n',
    );
  });

  test('names what was asked for and rejected, and attempts none of which was better.', () => {
    const [result] = plan.revision_results;
    const document = finalPlanDocument({
      ...plan,
      revision_results: result ? [{ ...result, attempts: [], attempt_count: 1, accepted_attempt: null }] : [],
      item_details: [
        {
          item_id: 'p1-i2',
          item_title: 'People',
          original_evaluation: { c1: 'fail' },
          assessment: null,
          revision_request: { ...request, revision_request_content: 'Hire ten.' },
          revision_evaluation: {
            id: 'v',
            approved: false,
            reasoning: 'Too many.',
            impact_assessment: [],
            produced_by,
          },
        },
      ],
    });

    expect(document).toContain('None of 1 attempts was better; the original stands.');
    expect(document).toContain('- **People** stayed as it was. Asked for: Hire ten. Rejected: Too many.');
  });
});

describe('The sums at the end', () => {
  const summed = (costs: (number | null)[]) => {
    const document = finalPlanDocument({
      ...plan,
      usage: costs.map((cost_usd, index) => ({ ...usage, module: index + 1, calls: 10, cost_usd })),
    });
    return document.split('\n').find((line) => line.includes('model calls'));
  };

  test('add calls, tokens and cost over all modules.', () => {
    expect(summed([0.1, 0.2, 0.05])).toBe('30 model calls, 300 tokens in, 60 out, $0.3500.');
  });

  test('say that a cost is unknown rather than nothing, or at least what is known.', () => {
    expect(summed([null, null])).toContain('cost unknown (no price for the model).');
    expect(summed([0.1, null])).toContain('at least $0.1000 (some prices are unknown).');
  });

  test('say that tokens are at least so many where an endpoint did not say all of them.', () => {
    const document = finalPlanDocument({
      ...plan,
      usage: [{ ...usage, calls_without_usage: 2, cost_usd: null }],
    });

    expect(document).toContain('model calls, at least 100 tokens in, 20 out, cost unknown.');
  });

  test('name each model once, with its provider.', () => {
    const document = finalPlanDocument({
      ...plan,
      usage: [
        usage,
        { ...usage, module: 2 },
        { ...usage, model: 'agento-offline-1', provider: 'agento.offline' },
      ],
    });

    expect(document).toContain(
      '*Written by Agento with `small-1` of `house`, `agento-offline-1` of `agento.offline`.*',
    );
  });
});
