import { findings, PlanScoresAnswer, QualityAnswer, RevisionRequestAnswer } from '@agento/contracts';
import { describe, expect, test } from 'vitest';
import { checkIds, narrowSchema } from '../src/narrow.ts';

const asked = {
  each: {
    scores: [
      { plan_id: 'p1', criterion_id: 'c1' },
      { plan_id: 'p1', criterion_id: 'c2' },
    ],
  },
};
const score = (plan_id: string, criterion_id: string) => ({
  plan_id,
  criterion_id,
  reasoning: 'It names a date.',
  score: 50,
});

describe('An answer about several things', () => {
  test('is usable with one entry for each of them, in any order.', () => {
    expect(checkIds({ scores: [score('p1', 'c2'), score('p1', 'c1')] }, asked)).toEqual([]);
  });

  test('is told what it lacks, what it has twice and what nobody asked for.', () => {
    const answer = { scores: [score('p1', 'c1'), score('p1', 'c1'), score('p2', 'c1')] };

    expect(checkIds(answer, asked)).toEqual([
      { pointer: '/scores', detail: 'must have an entry for plan_id p1, criterion_id c2' },
      { pointer: '/scores/1', detail: 'is a duplicate' },
      { pointer: '/scores/2', detail: 'is for something that does not exist' },
    ]);
  });

  test('has no entry where nothing was asked.', () => {
    const none = { each: { constraints: [] } };

    expect(checkIds({ constraints: [] }, none)).toEqual([]);
    expect(checkIds({ constraints: [{ constraint_id: 'k1' }] }, none)).toEqual([
      { pointer: '/constraints/0', detail: 'is for something that does not exist' },
    ]);
  });

  test('names only what there is, and nothing twice.', () => {
    expect(
      checkIds({ targeted_criteria: ['c1', 'c9', 'c1'] }, { among: { targeted_criteria: ['c1', 'c2'] } }),
    ).toEqual([
      { pointer: '/targeted_criteria/1', detail: 'must be one of c1, c2' },
      { pointer: '/targeted_criteria/2', detail: 'is a duplicate' },
    ]);
  });

  test('with a thousand wrong entries is told of a few, and at once.', () => {
    const answer = { scores: Array.from({ length: 1_000 }, (_, index) => score('p9', `c${index}`)) };

    expect(checkIds(answer, asked)).toHaveLength(16);
  });
});

describe("One call's own schema", () => {
  const narrowed = narrowSchema(PlanScoresAnswer, asked);

  test('takes the answer that was asked for, and no other ids or counts.', () => {
    expect(findings(narrowed, { scores: [score('p1', 'c1'), score('p1', 'c2')] })).toEqual([]);
    expect(findings(narrowed, { scores: [score('p1', 'c1')] })).not.toEqual([]);
    expect(findings(narrowed, { scores: [score('p1', 'c1'), score('p1', 'd')] })).not.toEqual([]);
    expect(
      findings(narrowed, { scores: [score('p1', 'c1'), score('p1', 'c2'), score('p1', 'c2')] }),
    ).not.toEqual([]);
  });

  test('says each id as a constant in its place, and leaves the rest of the answer as it is.', () => {
    const json = JSON.parse(JSON.stringify(narrowed)) as typeof narrowed & {
      properties: { scores: { prefixItems: { properties: object; required: string[] }[]; maxItems: number } };
    };

    const [first] = json.properties.scores.prefixItems;
    expect(first?.properties).toMatchObject({
      plan_id: { type: 'string', const: 'p1' },
      criterion_id: { type: 'string', const: 'c1' },
      score: { type: 'integer', minimum: 0, maximum: 100 },
    });
    expect(first?.required).toEqual(['plan_id', 'criterion_id', 'reasoning', 'score']);
    expect(json.properties.scores).toMatchObject({ minItems: 2, maxItems: 2 });
    expect(json.properties.scores).not.toHaveProperty('items');
  });

  test('wants an empty list where nothing was asked.', () => {
    const none = narrowSchema(QualityAnswer, { each: { constraints: [], criteria: [] } });
    const answer = { constraints: [], criteria: [], strengths: [], open_issues: [], summary: 'Good.' };

    expect(findings(none, answer)).toEqual([]);
    expect(findings(none, { ...answer, constraints: [{}] })).not.toEqual([]);
  });

  test('lists the names that may be chosen from.', () => {
    const request = narrowSchema(RevisionRequestAnswer, { among: { targeted_criteria: ['c1', 'c2'] } });
    const answer = { reasoning: 'r', targeted_criteria: ['c2'], revision_request_content: 'Say when.' };

    expect(findings(request, answer)).toEqual([]);
    expect(findings(request, { ...answer, targeted_criteria: ['c3'] })).not.toEqual([]);
    expect(findings(request, { ...answer, targeted_criteria: [] })).not.toEqual([]);
  });
});
