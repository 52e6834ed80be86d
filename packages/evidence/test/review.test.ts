import { reviewedModule } from '@agento/contracts';
import picocolors from 'picocolors';
import { expect, test } from 'vitest';
import { type Page, pageAsText, readRuns, show, type Trace, validate, why } from '../src/index.ts';
import { moduleOf } from '../src/model.ts';
import { goldenTrace, withoutContent } from './golden/index.ts';

const trace = goldenTrace('reviewed');
const only = (of: Trace) => {
  const [run] = readRuns(of);
  if (!run) throw new Error('There is no run');
  return run;
};
const textOf = (page: Page) => pageAsText(page, { colors: picocolors.createColors(false), width: 200 });

/** As it was before the person decided. */
const waiting = {
  ...trace,
  spans: trace.spans.filter(
    (span) =>
      (moduleOf(span) ?? 0) <= reviewedModule &&
      Number(span.attributes['agento.run.execution'] ?? 1) === 1 &&
      span.attributes['agento.followed'] !== true,
  ),
};

test('a person’s decision about a revision request is known beside the agent’s, with content or without.', () => {
  const known = {
    agent: 'HumanReviewer',
    by: 'key-1a2b3c4d',
    decision: 'reword',
  };
  expect(only(trace).requests).toMatchObject([
    {
      id: 'r-p1-i2',
      approval: { agent: 'RevisionEvaluator', approved: true },
      review: { ...known, reason: 'A month is too vague.' },
    },
  ]);
  expect(only(withoutContent(trace)).requests).toMatchObject([{ review: { ...known, reason: null } }]);
});

test('why a text was revised leads over the person’s decision.', () => {
  const page = textOf(why(only(trace), { words: ['p1-i2-a2'], text: undefined }).page);
  expect(page).toMatch(
    /RevisionEvaluator approved it \(span \w+\); HumanReviewer \(key-1a2b3c4d\) reworded it \(span \w+\)\./,
  );
  expect(page).toContain('HumanReviewer decided revision_approval: r-p1-i2-reworded over r-p1-i2.');
});

test('the request’s page shows who decided what, and why.', () => {
  const page = textOf(show(only(trace), ['r-p1-i2']).page);
  for (const shown of ['Reviewed', 'HumanReviewer', 'key-1a2b3c4d', 'reword', 'A month is too vague.'])
    expect(page).toContain(shown);
});

test('a run that waits for a person is neither unfinished nor wrong, unless it must be complete.', () => {
  expect(only(waiting).outcome).toBe('waiting');
  expect(validate(waiting, { complete: false })).toEqual([]);
  expect(validate(waiting, { complete: true })).not.toEqual([]);
});
