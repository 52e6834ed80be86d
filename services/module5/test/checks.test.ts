import type { ImplementationAnswer, QualityAnswer } from '@agento/contracts';
import { describe, expect, test } from 'vitest';
import { checkImplementation, checkQualityAnswer, meetsCriteria } from '../src/checks.ts';
import type { Revision } from '../src/revision.ts';
import { criteria, outline, produced_by, request } from './data.ts';

const [item] = outline.plan_items;
if (!item) throw new Error('The outline has no item');
const revision: Revision = {
  ground: { goal: 'g', constraints: [] },
  criteria,
  item,
  request,
  approval: { id: 'v', approved: true, reasoning: 'r', impact_assessment: [], produced_by },
  verdicts: [],
  review: undefined,
  links: {},
};
const text = 'Find a room by the first of May.';
const met: ImplementationAnswer = {
  criteria_fulfillment: [
    { criterion_id: 'c1', explanation: 'e', status: 'not_met' },
    { criterion_id: 'c2', explanation: 'e', status: 'fully_met' },
  ],
  feedback: [],
  reasoning: 'r',
  score: 90,
  improvement_suggestions: [],
};
const short: ImplementationAnswer = {
  ...met,
  criteria_fulfillment: [
    { criterion_id: 'c1', explanation: 'e', status: 'fully_met' },
    { criterion_id: 'c2', explanation: 'e', status: 'partially_met' },
  ],
  improvement_suggestions: ['Name a day.'],
};
const check = (answer: ImplementationAnswer) => checkImplementation(answer, revision, text);

describe("An attempt's judgement", () => {
  test('meets its criteria exactly when every targeted one is fully met; others do not count.', () => {
    expect([check(met), check(short)]).toEqual([[], []]);
    expect([meetsCriteria(met, revision), meetsCriteria(short, revision)]).toEqual([true, false]);
  });

  test('says what is missing exactly when something is.', () => {
    expect(check({ ...met, improvement_suggestions: ['More.'] })).toEqual([
      {
        pointer: '/improvement_suggestions',
        detail: 'must be empty when every targeted criterion is fully_met',
      },
    ]);
    expect(check({ ...short, improvement_suggestions: [] })).toEqual([
      { pointer: '/improvement_suggestions', detail: 'must say what is missing' },
    ]);
  });
});

describe('Feedback on suggestions', () => {
  const entry = (suggestion_id: string, status: 'addressed' | 'partial' | 'ignored', evidence: string) => ({
    suggestion_id,
    status,
    evidence,
  });
  test('is given once for each, with evidence that stands in the text, or none where it was ignored.', () => {
    const feedback = [entry('s1', 'addressed', 'by the first of May'), entry('s2', 'ignored', '')];

    expect(check({ ...met, feedback })).toEqual([]);
  });

  test.each([
    ['is not in the text', entry('s1', 'addressed', 'by the second of May'), 'copied'],
    ['differs by a character', entry('s1', 'partial', 'by the First of May'), 'copied'],
    ['is empty', entry('s1', 'addressed', ''), 'copied'],
    ['is blank', entry('s1', 'partial', ' '), 'copied'],
    ['is given for an ignored one', entry('s1', 'ignored', 'May'), 'empty'],
  ])('whose evidence %s is refused.', (_what, given, wanted) => {
    expect(check({ ...met, feedback: [given] })).toEqual([
      {
        pointer: '/feedback/0/evidence',
        detail:
          wanted === 'empty'
            ? 'must be empty for an ignored suggestion'
            : 'must be a verbatim passage of revised_text',
      },
    ]);
  });
});

describe('The judgement of the whole plan', () => {
  const answer: QualityAnswer = {
    constraints: [],
    criteria: [],
    strengths: [],
    open_issues: [],
    summary: 's',
  };
  const judged = (status: 'kept' | 'broken' | 'not_shown', passage: string) =>
    checkQualityAnswer(
      { ...answer, constraints: [{ constraint_id: 'k1', explanation: 'e', passage, status }] },
      outline.plan_items,
    );

  test('has a summary.', () => {
    expect(checkQualityAnswer(answer, outline.plan_items)).toEqual([]);
    expect(checkQualityAnswer({ ...answer, summary: '\n' }, outline.plan_items)).toEqual([
      { pointer: '/summary', detail: 'must not be empty' },
    ]);
  });

  test('quotes the plan where it says that a constraint is kept or broken, and only there.', () => {
    expect([judged('kept', 'What to do about room.'), judged('not_shown', '')]).toEqual([[], []]);
    const copied = "must be a verbatim passage of an item's item_description";
    expect(judged('kept', 'about room.\nWhat to do')).toHaveLength(1);
    expect([
      judged('kept', ''),
      judged('broken', 'What to do about money.'),
      judged('not_shown', 'What'),
    ]).toEqual([
      [{ pointer: '/constraints/0/passage', detail: copied }],
      [{ pointer: '/constraints/0/passage', detail: copied }],
      [{ pointer: '/constraints/0/passage', detail: 'must be empty for a constraint that is not_shown' }],
    ]);
  });
});
