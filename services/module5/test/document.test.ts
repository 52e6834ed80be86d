import { describe, expect, test } from 'vitest';
import { finalPlanDocument } from '../src/document.ts';
import { attempt, criteria, outline, plan, produced_by, request, unjudged, usage, verdict } from './data.ts';

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

| Criterion | Plan as a whole | Items | Why |
| --- | --- | --- | --- |
| Text of c1 | met | 1 of 2 | Why c1 |
| Text of c2 | met | 1 of 2 | Why c2 |

*Met* means the plan as a whole meets the criterion; *Items* counts those that do their full share on their own. One item can be enough.

**Strengths**

- Short

**Open issues**

- Insurance

## What was revised, and why

- **Room.** Requested: Name a date. Why: Nobody knows when. Attempt 2 of 2 is kept as the better text; it meets the criteria it was to meet. On the way it was told: Say May.

## Sources and origin

The criteria rest on what the model knew, without a look at the web.

- [Repair Café](<https://www.repaircafe.org/a%20b>): The movement.

Written with \`small-1\` of \`house\`, from the outline of the LeanPlanner:
1 model call, 100 tokens in, 20 out, $0.2500.
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

    const notice = '**This plan is held back:** as a whole it meets 0 of its 2 criteria.';
    expect(document.indexOf(notice)).toBeGreaterThan(0);
    expect(document.indexOf(notice)).toBeLessThan(document.indexOf('## What success means'));
    expect(document).toContain('| Text of c1 | partly met |');
    expect(document).toContain('| Text of c2 | not met |');
  });
});

describe('What binds the plan', () => {
  const constraint = {
    id: 'k1',
    text: 'At most 40,000 is spent.',
    kind: 'money' as const,
    quote: '40,000 | at most',
    produced_by,
  };
  const judged = (status: 'kept' | 'broken' | 'not_shown', passage: string) =>
    finalPlanDocument({
      ...plan,
      constraints: [constraint],
      quality_report: {
        ...plan.quality_report,
        decision: status === 'broken' ? 'hold' : 'publish',
        constraints: [{ constraint_id: 'k1', status, explanation: 'The rent alone.', passage }],
      },
    });

  test('stands with the words that set it, whether the plan keeps it, and the passage that shows it.', () => {
    const document = judged('kept', 'Spend 39,000.');

    expect(document).toContain(
      '| At most 40,000 is spent. | “40,000 \\| at most” | kept | The rent alone. “Spend 39,000.” |',
    );
  });

  test('holds a plan back that breaks it.', () => {
    expect(judged('broken', 'Spend 50,000.')).toContain(
      '**This plan is held back:** it breaks a constraint set by the goal or its context.',
    );
  });

  test('is told as not shown where no item says a word of it.', () => {
    expect(judged('not_shown', '')).toContain('| not shown | The rent alone. |');
  });

  test('says how many more were named that nobody has written.', () => {
    expect(finalPlanDocument({ ...plan, constraints: [], constraints_left_out: 2 })).toContain(
      '## Constraints\n\n2 more named by the model are left out',
    );
  });

  test('is not spoken of where there is nothing.', () => {
    expect(finalPlanDocument({ ...plan, constraints: [] })).not.toContain('## Constraints');
  });
});

describe('A plan that nobody has judged as a whole', () => {
  test('is held back, says why, and counts the verdicts on items that are missing.', () => {
    const document = finalPlanDocument({
      ...plan,
      evaluation_results: [verdict('c1', 0.8), verdict('c2', null)],
      quality_report: {
        ...plan.quality_report,
        decision: 'hold',
        share_met: null,
        criteria: criteria.map(({ id }) => ({
          criterion_id: id,
          status: 'not_judged',
          explanation: 'The model declined to answer',
        })),
      },
    });

    expect(document).toContain('**This plan is held back:** it was not judged as a whole.');
    expect(document).toContain('| Text of c1 | not judged | 1 of 2 | The model declined to answer |');
    expect(document).toContain('1 of 2 verdicts on items are missing');
  });
});

test('A plan of the offline model says in its first line what it is.', () => {
  const document = finalPlanDocument({ ...plan, usage: [{ ...usage, provider: 'agento.offline' }] });

  expect(document.split('\n')[0]).toBe(
    '*A rule-based demonstration without a language model: it knows nothing about the subject; do not follow this plan.*',
  );
  expect(document).toContain('The criteria rest on the words of goal and context alone.');
});

describe('What was revised', () => {
  test('tells the text that is kept from one that meets its criteria.', () => {
    const [result] = plan.revision_results;
    const [first] = result?.attempts ?? [];
    const document = finalPlanDocument({
      ...plan,
      revision_results:
        result && first ? [{ ...result, attempts: [first], attempt_count: 1, accepted_attempt: 1 }] : [],
    });

    expect(document).toContain(
      'Attempt 1 of 1 is kept as the better text; it still falls short of criterion 2.',
    );
  });

  test.each([
    ['no attempt could be judged', [unjudged]],
    ['the one attempt is no better, and one could not be judged', [attempt(1, []).evaluation, unjudged]],
  ])('says that %s.', (words, evaluations) => {
    const [result] = plan.revision_results;
    const attempts = evaluations.map((evaluation, index) => ({ ...attempt(index + 1, []), evaluation }));
    const document = finalPlanDocument({
      ...plan,
      revision_results: result ? [{ ...result, baseline: unjudged, attempts, accepted_attempt: null }] : [],
    });

    expect(document).toContain(`The original is kept: ${words}.`);
    expect(document).toContain('could not be judged anew');
  });

  test('says whose answer could not be used.', () => {
    const given_up = { step: 'revision_generation', agent_name: 'RevisionRequester', reason: 'r' };
    const document = finalPlanDocument({
      ...plan,
      revision_results: [],
      item_details: [
        {
          item_id: 'p1-i2',
          item_title: 'People',
          original_evaluation: { c1: 'fail' },
          assessment: null,
          revision_request: null,
          revision_evaluation: null,
          given_up,
        },
      ],
    });

    expect(document).toContain(
      '- **People** is unchanged although it falls short: RevisionRequester gave no usable answer.',
    );
  });

  test('is nothing where no item fell short.', () => {
    const document = finalPlanDocument({ ...plan, revision_results: [] });

    expect(document).toContain('## What was revised, and why\n\nNothing: no revision was requested.\n\n');
  });

  test('names what was asked for and rejected, and attempts none of which was better.', () => {
    const [result] = plan.revision_results;
    const document = finalPlanDocument({
      ...plan,
      revision_results: result
        ? [{ ...result, attempts: result.attempts.slice(0, 1), attempt_count: 1, accepted_attempt: null }]
        : [],
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

    expect(document).toContain('The original is kept: the one attempt is no better.');
    expect(document).toContain('- **People** is unchanged. Requested: Hire ten. Rejected: Too many.');
  });
});

describe('The sums at the end', () => {
  const summed = (costs: (number | null)[]) => {
    const document = finalPlanDocument({
      ...plan,
      usage: costs.map((cost_usd, index) => ({ ...usage, module: index + 1, calls: 10, cost_usd })),
    });
    return document.split('\n').find((line) => line.includes('model call'));
  };

  test('add calls, tokens and cost over all modules.', () => {
    expect(summed([0.1, 0.2, 0.05])).toBe('30 model calls, 300 tokens in, 60 out, $0.3500.');
  });

  test('say that a cost is unknown rather than nothing, or at least what is known.', () => {
    expect(summed([null, null])).toContain('cost unknown (no price for small-1).');
    expect(summed([0.1, null])).toContain('at least $0.1000 (no price for small-1).');
  });

  test('say that tokens are at least so many where an endpoint did not say all of them.', () => {
    const document = finalPlanDocument({
      ...plan,
      usage: [{ ...usage, calls_without_usage: 2, cost_usd: null }],
    });

    expect(document).toContain(
      'model call, at least 100 tokens in, 20 out, cost unknown (the endpoint does not say how many tokens).',
    );
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
