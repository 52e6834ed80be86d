import type { ImplementationAnswer } from '@agento/contracts';
import { describe, expect, test } from 'vitest';
import { checkImplementation, checkQualityAnswer } from '../src/checks.ts';
import type { Revision } from '../src/revision.ts';
import { criteria, outline, produced_by, request } from './data.ts';

const [item] = outline.plan_items;
if (!item) throw new Error('The outline has no item');
const revision: Revision = {
  goal: 'g',
  criteria,
  item,
  request,
  approval: { id: 'v', approved: true, reasoning: 'r', impact_assessment: [], produced_by },
  original: { c1: 'pass', c2: 'fail' },
};
const text = 'Find a room by the first of May.';
const met: ImplementationAnswer = {
  criteria_fulfillment: [
    { criterion_id: 'c1', status: 'not_met' },
    { criterion_id: 'c2', status: 'fully_met' },
  ],
  feedback: [],
  reasoning: 'r',
  score: 0.9,
  meets_criteria: true,
  improvement_suggestions: [],
};
const short: ImplementationAnswer = {
  ...met,
  criteria_fulfillment: [
    { criterion_id: 'c1', status: 'fully_met' },
    { criterion_id: 'c2', status: 'partially_met' },
  ],
  meets_criteria: false,
  improvement_suggestions: ['Name a day.'],
};
const check = (answer: ImplementationAnswer, suggestions: { id: string }[] = []) =>
  checkImplementation(answer, revision, text, suggestions);

describe("An attempt's judgement", () => {
  test('meets its criteria exactly when every targeted one is fully met; others do not count.', () => {
    expect([check(met), check(short)]).toEqual([[], []]);
    expect(check({ ...short, meets_criteria: true })).toEqual([
      {
        pointer: '/meets_criteria',
        detail: 'must be false: true exactly when every targeted criterion is fully_met',
      },
    ]);
    expect(check({ ...met, meets_criteria: false })).toEqual([
      {
        pointer: '/meets_criteria',
        detail: 'must be true: true exactly when every targeted criterion is fully_met',
      },
    ]);
  });

  test('says what is missing exactly when something is.', () => {
    expect(check({ ...met, improvement_suggestions: ['More.'] })).toEqual([
      { pointer: '/improvement_suggestions', detail: 'must be empty when the criteria are met' },
    ]);
    expect(check({ ...short, improvement_suggestions: [] })).toEqual([
      { pointer: '/improvement_suggestions', detail: 'must say what is missing' },
    ]);
  });

  test('judges every criterion once, and no other.', () => {
    const criteria_fulfillment = [
      { criterion_id: 'c2', status: 'fully_met' as const },
      { criterion_id: 'c9', status: 'fully_met' as const },
    ];

    expect(check({ ...met, criteria_fulfillment })).toEqual([
      { pointer: '/criteria_fulfillment', detail: 'must judge c1 once' },
      { pointer: '/criteria_fulfillment/1/criterion_id', detail: 'is no criterion' },
    ]);
  });
});

describe('Feedback on suggestions', () => {
  const entry = (suggestion_id: string, status: 'addressed' | 'partial' | 'ignored', evidence: string) => ({
    suggestion_id,
    status,
    evidence,
  });
  const told = [{ id: 's1' }, { id: 's2' }];

  test('is given once for each, with evidence that stands in the text, or none where it was ignored.', () => {
    const feedback = [entry('s1', 'addressed', 'by the first of May'), entry('s2', 'ignored', '')];

    expect(check({ ...met, feedback }, told)).toEqual([]);
  });

  test.each([
    ['is not in the text', entry('s1', 'addressed', 'by the second of May'), 'copied'],
    ['differs by a character', entry('s1', 'partial', 'by the First of May'), 'copied'],
    ['is empty', entry('s1', 'addressed', ''), 'copied'],
    ['is blank', entry('s1', 'partial', ' '), 'copied'],
    ['is given for an ignored one', entry('s1', 'ignored', 'May'), 'empty'],
  ])('whose evidence %s is refused.', (_what, given, wanted) => {
    expect(check({ ...met, feedback: [given] }, [{ id: 's1' }])).toEqual([
      {
        pointer: '/feedback/0/evidence',
        detail:
          wanted === 'empty'
            ? 'must be empty for an ignored suggestion'
            : 'must be a passage of revised_text, copied character for character',
      },
    ]);
  });

  test('that is missing, double or on no suggestion is refused.', () => {
    const feedback = [entry('s1', 'ignored', ''), entry('s1', 'ignored', ''), entry('s9', 'ignored', '')];

    expect(check({ ...met, feedback }, told)).toEqual([
      { pointer: '/feedback', detail: 'must say once whether s1 was taken up' },
      { pointer: '/feedback', detail: 'must say once whether s2 was taken up' },
      { pointer: '/feedback/2/suggestion_id', detail: 'is no suggestion' },
    ]);
  });
});

test('The judgement of the whole plan has every criterion once, and a summary.', () => {
  const judged = (criterion_id: string) => ({ criterion_id, status: 'fully_met' as const, explanation: 'e' });
  const answer = { summary: 's', strengths: [], open_issues: [] };

  expect(checkQualityAnswer({ ...answer, criteria: [judged('c1'), judged('c2')] }, criteria)).toEqual([]);
  expect(
    checkQualityAnswer(
      { ...answer, summary: '\n', criteria: [judged('c1'), judged('c1'), judged('c3')] },
      criteria,
    ),
  ).toEqual([
    { pointer: '/criteria', detail: 'must judge c1 once' },
    { pointer: '/criteria', detail: 'must judge c2 once' },
    { pointer: '/criteria/2/criterion_id', detail: 'is no criterion' },
    { pointer: '/summary', detail: 'must not be empty' },
  ]);
});
