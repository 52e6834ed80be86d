import { tableOfRuns } from '../table.ts';

export const verdicts = tableOfRuns(
  'verdicts',
  'A judgement of one thing by one criterion or constraint',
  {
    verdict_id: ['VARCHAR', 'Its kind, what was judged, and by what: unique within the attempt'],
    kind: ['VARCHAR', '`item_criterion`, `plan_score`, `revision_criterion`, …'],
    span_id: ['VARCHAR', "The judge's span"],
    judge: ['VARCHAR', 'The agent that judged'],
    criterion_id: ['VARCHAR', 'The criterion it was judged by'],
    constraint_id: ['VARCHAR', 'The constraint it was judged by'],
    item_id: ['VARCHAR', 'The item that was judged'],
    plan_id: ['VARCHAR', 'The plan that was judged'],
    revision: ['INTEGER', "The attempt at the item's revision, from 1; 0: the original"],
    pass: ['BOOLEAN', 'Null if it says neither'],
    score: ['DOUBLE', '0 to 1'],
    status: ['VARCHAR', "The judge's word, where it has a scale of words"],
    explanation: ['VARCHAR', 'Why'],
  },
  ({ reading, isOwn }) =>
    reading.verdicts
      .filter(({ span_id }) => isOwn(span_id))
      .map(({ id, attempt, ...verdict }) => ({ ...verdict, verdict_id: id, revision: attempt })),
);
