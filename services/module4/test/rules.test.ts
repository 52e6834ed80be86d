import type { ItemDetail, RevisionEvaluation, RevisionRequest, SuccessCriterion } from '@agento/contracts';
import { describe, expect, test } from 'vitest';
import { approvalDecision } from '../src/approval.ts';
import { checkApproval, checkRequest } from '../src/checks.ts';
import { coverage } from '../src/coverage.ts';

const produced_by = {
  agent_name: 'RevisionEvaluator',
  model: 'm',
  prompt_version: '1.0.0',
  prompt_sha256: 'x',
  trace_id: 't',
  span_id: 's',
};
const criteria = ['c1', 'c2', 'c3'].map(
  (id): SuccessCriterion => ({ id, criteria: `Text of ${id}`, reasoning: 'r', rating: 5, produced_by }),
);
const request: RevisionRequest = {
  id: 'r-p1-i1',
  revision_request_content: 'Name a date.',
  reasoning: 'r',
  targeted_criteria: ['c2'],
  produced_by,
};
type Impacts = RevisionEvaluation['impact_assessment'];
const impacts = (...given: [string, Impacts[number]['impact']][]): Impacts =>
  given.map(([criterion_id, impact]) => ({ criterion_id, impact, note: 'n' }));
const whole = impacts(['c1', 'no_change'], ['c2', 'improve'], ['c3', 'worsen']);
const evaluation = (approved: boolean): RevisionEvaluation => ({
  id: 'v-r-p1-i1',
  approved,
  reasoning: 'The date binds.',
  impact_assessment: whole,
  produced_by,
});

describe('An approval', () => {
  const candidates = [{ id: 'r-p1-i1', label: 'Name a date.', scores: { c1: 0, c2: 1, c3: -1, total: 0 } }];

  test('is a decision on one candidate, scored by its impact on each criterion; without a margin.', () => {
    expect(approvalDecision(request, evaluation(true))).toEqual({
      candidates,
      chosen: ['r-p1-i1'],
      rejected: [],
      reason: 'The date binds.',
    });
  });

  test('that is denied chose nothing and says why.', () => {
    expect(approvalDecision(request, evaluation(false))).toEqual({
      candidates,
      chosen: [],
      rejected: [{ id: 'r-p1-i1', reason: 'The date binds.' }],
      reason: 'The date binds.',
    });
  });

  test('needs a targeted criterion that improves; a denial does not.', () => {
    const impact_assessment = impacts(['c1', 'improve'], ['c2', 'no_change'], ['c3', 'improve']);
    const answer = { impact_assessment, reasoning: 'r' };

    expect(checkApproval({ ...answer, approved: true }, request)).toEqual([
      { pointer: '/approved', detail: 'must be false when no targeted criterion improves' },
    ]);
    expect(checkApproval({ ...answer, approved: false }, request)).toEqual([]);
    expect(checkApproval({ impact_assessment: whole, reasoning: 'r', approved: true }, request)).toEqual([]);
  });
});

test('A request says something.', () => {
  const answer = { revision_request_content: 'Name a date.', reasoning: 'r', targeted_criteria: ['c2'] };

  expect(checkRequest(answer)).toEqual([]);
  expect(checkRequest({ ...answer, revision_request_content: ' ' })).toEqual([
    { pointer: '/revision_request_content', detail: 'must not be empty' },
  ]);
});

test('The coverage counts for each criterion who passed, who failed, who was not judged, what was asked for and what was approved.', () => {
  const detail = (
    item_id: string,
    original_evaluation: ItemDetail['original_evaluation'],
    targeted: string[] | null,
    approved = false,
  ): ItemDetail => ({
    item_id,
    item_title: 't',
    original_evaluation,
    assessment: null,
    revision_request: targeted && { ...request, targeted_criteria: targeted },
    revision_evaluation: targeted && evaluation(approved),
  });

  const details = [
    detail('i1', { c1: 'pass', c2: 'fail', c3: 'fail' }, ['c2', 'c3'], true),
    detail('i2', { c1: 'pass', c2: 'fail', c3: 'pass' }, ['c2'], false),
    detail('i3', { c1: 'pass', c2: 'pass', c3: 'not_judged' }, null),
  ];

  const row = (id: string, counts: number[]) => ({
    criterion_id: id,
    criteria: `Text of ${id}`,
    items_passed: counts[0],
    items_failed: counts[1],
    items_not_judged: counts[2],
    revisions_requested: counts[3],
    revisions_approved: counts[4],
  });
  expect(coverage(criteria, details)).toEqual([
    row('c1', [3, 0, 0, 0, 0]),
    row('c2', [1, 2, 0, 2, 1]),
    row('c3', [1, 1, 1, 1, 1]),
  ]);
});
