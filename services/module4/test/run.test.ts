import { closeAll, harness, type Reply, type RequestBody } from '@agento/agent/testing';
import { type EvalResult, type Module4Input, moduleInfo } from '@agento/contracts';
import { afterEach, describe, expect, test } from 'vitest';
import { module } from '../src/module.ts';
import { run as work } from '../src/run.ts';

afterEach(closeAll);

const trace_id = '0af7651916cd43dd8448eb211c80319c';
const judgedIn = 'b7ad6b7169203331';
const produced_by = {
  agent_name: 'ItemEvaluator',
  model: 'm',
  prompt_version: '1.0.0',
  prompt_sha256: 'x',
  trace_id,
  span_id: judgedIn,
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
  plan_title: 't',
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
const failed = new Set(['p1-i1 c2', 'p1-i3 c1', 'p1-i3 c2']);
const evaluation_results = outline.plan_items.flatMap((item) =>
  criteria.map((criterion): EvalResult => {
    const fails = failed.has(`${item.id} ${criterion.id}`);
    return {
      id: `e-${item.id}-${criterion.id}`,
      item_id: item.id,
      criterion_id: criterion.id,
      result: fails ? 'fail' : 'pass',
      score: fails ? 0.2 : 0.9,
      reasoning: 'r',
      criteria: criterion.criteria,
      produced_by,
    };
  }),
);
const input: Module4Input = {
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
    span_id: judgedIn,
  },
  selected_outline: outline,
  expanded_outline: outline,
  evaluation_results,
  criteria_summary: [],
};

interface Shown {
  item: { item_title: string };
  verdicts?: { criterion_id: string; result: string }[];
  assessment?: { shortfalls: { criterion_id: string }[] };
}

/** Finds what fails, asks for it, and approves only what is asked of Room. */
function expert(body: RequestBody): Reply {
  const text = body.messages[1]?.content ?? '';
  const { item, verdicts, assessment } = JSON.parse(
    text.slice('<input>\n'.length, -'\n</input>'.length),
  ) as Shown;
  if (verdicts) {
    const short = verdicts.filter(({ result }) => result === 'fail');
    return {
      content: {
        summary: 'It lacks something.',
        shortfalls: short.map(({ criterion_id }) => ({ criterion_id, reason: 'no date' })),
      },
    };
  }
  if (assessment) {
    const targeted_criteria = assessment.shortfalls.map(({ criterion_id }) => criterion_id);
    return { content: { revision_request_content: 'Name a date.', reasoning: 'r', targeted_criteria } };
  }
  const approved = item.item_title === 'Room';
  return {
    content: {
      impact_assessment: criteria.map(({ id }) => ({
        criterion_id: id,
        impact: approved && id === 'c2' ? 'improve' : 'no_change',
        note: 'n',
      })),
      reasoning: approved ? 'It helps.' : 'It does not help.',
      approved,
    },
  };
}

async function run4() {
  const made = await harness(expert);
  return { ...made, run: { ...made.run, module: moduleInfo(4) } };
}

describe('Module 4', () => {
  test('works only on items with a failed verdict, and keeps the place of all.', async () => {
    const { model, run } = await run4();

    const { adds } = await work(input, run);

    expect(model.bodies).toHaveLength(6);
    expect(
      adds.item_details.map(
        ({ item_id, original_evaluation, assessment, revision_request, revision_evaluation }) => [
          item_id,
          original_evaluation,
          assessment?.shortfalls.map(({ criterion_id }) => criterion_id) ?? null,
          revision_request?.id ?? null,
          revision_evaluation && [revision_evaluation.id, revision_evaluation.approved],
        ],
      ),
    ).toEqual([
      ['p1-i1', { c1: 'pass', c2: 'fail' }, ['c2'], 'r-p1-i1', ['v-r-p1-i1', true]],
      ['p1-i2', { c1: 'pass', c2: 'pass' }, null, null, null],
      ['p1-i3', { c1: 'fail', c2: 'fail' }, ['c1', 'c2'], 'r-p1-i3', ['v-r-p1-i3', false]],
    ]);
    expect(adds.criteria_coverage_summary).toEqual([
      {
        criterion_id: 'c1',
        criteria: 'Text of c1',
        items_passed: 2,
        items_failed: 1,
        items_not_judged: 0,
        revisions_requested: 1,
        revisions_approved: 0,
      },
      {
        criterion_id: 'c2',
        criteria: 'Text of c2',
        items_passed: 1,
        items_failed: 2,
        items_not_judged: 0,
        revisions_requested: 2,
        revisions_approved: 1,
      },
    ]);
  });

  test('asks no model anything when nothing failed.', async () => {
    const { model, run, spans } = await run4();
    const passed = evaluation_results.map((verdict): EvalResult => ({ ...verdict, result: 'pass' }));

    const { adds } = await work({ ...input, evaluation_results: passed }, run);

    expect([model.bodies, spans()]).toEqual([[], []]);
    expect(adds.item_details.map(({ revision_request }) => revision_request)).toEqual([null, null, null]);
  });

  test('links each finding to its failed verdicts and each step to the one before, with comparison and decision.', async () => {
    const { run, spans } = await run4();

    await work(input, run);

    const of = (name: string, item: string) => {
      const found = spans().find((span) => span.name === name && span.attributes['agento.item.id'] === item);
      if (!found) throw new Error(`No ${name} of ${item}`);
      return found;
    };
    const linked = (name: string, item: string) =>
      of(name, item).links.map(({ spanId, attributes }) => [spanId, attributes]);
    const itemId = { 'agento.item.id': 'p1-i3' };
    expect(linked('deficiency_analysis', 'p1-i3')).toEqual([
      [judgedIn, { relationship: 'failed_verdict', ...itemId, 'agento.criterion.id': 'c1' }],
      [judgedIn, { relationship: 'failed_verdict', ...itemId, 'agento.criterion.id': 'c2' }],
    ]);
    expect(linked('revision_generation', 'p1-i3')).toEqual([
      [of('deficiency_analysis', 'p1-i3').spanId, { relationship: 'deficiency', ...itemId }],
    ]);
    expect(linked('revision_validation', 'p1-i3')).toEqual([
      [of('revision_generation', 'p1-i3').spanId, { relationship: 'revision_request', ...itemId }],
    ]);
    const { events, attributes } = of('revision_validation', 'p1-i3');
    expect(events.filter(({ name }) => ['comparison', 'agento.decision'].includes(name))).toEqual([
      { name: 'comparison', attributes: { original: 'About Tools', suggested: 'Name a date.' } },
      {
        name: 'agento.decision',
        attributes: {
          kind: 'revision_approval',
          candidates: JSON.stringify([
            { id: 'r-p1-i3', label: 'Name a date.', scores: { c1: 0, c2: 0, total: 0 } },
          ]),
          chosen: [],
          rejected: JSON.stringify([{ id: 'r-p1-i3', reason: 'It does not help.' }]),
          reason: 'It does not help.',
        },
      },
    ]);
    expect(attributes['agento.revision.approved']).toBe(false);
  });

  test('names no more than sixteen of the verdicts that are missing.', () => {
    const selected_criteria = criteria.flatMap((criterion) =>
      Array.from({ length: 1_000 }, (_, index) => ({ ...criterion, id: `${criterion.id}-${index}` })),
    );

    expect(module.checkInput?.({ ...input, selected_criteria })).toHaveLength(16);
  });

  test('refuses verdicts that contradict themselves, most of them missing, and criteria that cannot be told apart.', () => {
    const check = (more: Partial<Module4Input>) => module.checkInput?.({ ...input, ...more });
    const [first, ...rest] = evaluation_results;
    const [criterion] = input.selected_criteria;
    if (!first || !criterion) throw new Error('The input lacks verdicts or criteria');
    const unjudged = (verdict: EvalResult): EvalResult => ({ ...verdict, result: 'not_judged', score: null });

    expect(check({ evaluation_results: [unjudged(first), ...rest] })).toEqual([]);
    expect(check({ evaluation_results: [{ ...first, score: null }, ...rest] })).toEqual([
      { pointer: '/evaluation_results/0/score', detail: 'must be null if and only if result is not_judged' },
    ]);
    expect(check({ evaluation_results: evaluation_results.map(unjudged) })).toEqual([
      {
        pointer: '/evaluation_results',
        detail: 'has 6 of 6 verdicts that are not_judged: too few are left to go on with',
      },
    ]);
    expect(check({ selected_criteria: [criterion, criterion] })?.[0]).toEqual({
      pointer: '/selected_criteria/1/id',
      detail: 'is a duplicate',
    });
    expect(check({ selected_criteria: [{ ...criterion, id: 'total' }] })?.[0]?.detail).toContain(
      'must not be one of total, rating',
    );
  });

  test('refuses an input in which a verdict is missing, double, or on what does not exist.', () => {
    const [first, ...rest] = evaluation_results;
    if (!first) throw new Error('There are no verdicts');

    expect(module.checkInput?.(input)).toEqual([]);
    expect(module.checkInput?.({ ...input, evaluation_results: rest })).toEqual([
      { pointer: '/evaluation_results', detail: 'must have an entry for item_id p1-i1, criterion_id c1' },
    ]);
    expect(module.checkInput?.({ ...input, evaluation_results: [first, ...evaluation_results] })).toEqual([
      { pointer: '/evaluation_results/1', detail: 'is a duplicate' },
    ]);
    const stray = { ...first, criterion_id: 'c9' };
    expect(module.checkInput?.({ ...input, evaluation_results: [...evaluation_results, stray] })).toEqual([
      { pointer: '/evaluation_results/6', detail: 'is for something that does not exist' },
    ]);
  });
});
