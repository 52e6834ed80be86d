import { jsonOf } from '../cut.ts';
import { aboutColumns, tableOfRuns } from '../table.ts';

export const decisions = tableOfRuns(
  'decisions',
  'A choice between candidates',
  {
    span_id: ['VARCHAR', 'The span that decided'],
    kind: ['VARCHAR', '`plan_selection`, `quality_gate`, …'],
    step: ['VARCHAR', 'The step that decided'],
    agent: ['VARCHAR', 'The agent that decided'],
    ...aboutColumns,
    decided_by: ['VARCHAR', 'The name of the score that decides'],
    chosen: ['VARCHAR[]', 'Ids of what was chosen'],
    reason: ['VARCHAR', 'Why these'],
    margin: ['DOUBLE', 'The lowest chosen score less the highest rejected'],
    tie_break: ['VARCHAR', 'How a margin of 0 was decided'],
  },
  ({ reading, isOwn }) =>
    reading.decisions
      .filter(({ span_id }) => isOwn(span_id))
      .map(({ about, by, ...decision }) => ({
        ...decision,
        item_id: about.item_id,
        criterion_id: about.criterion_id,
        plan_id: about.plan_id,
        revision: about.attempt,
        decided_by: by,
      }))
      .map(({ candidates: _, ...fields }) => fields),
);

export const candidates = tableOfRuns(
  'candidates',
  'One of the candidates of a decision',
  {
    span_id: ['VARCHAR', 'The span that decided: `decisions.span_id`'],
    kind: ['VARCHAR', 'The kind of decision'],
    item_id: ['VARCHAR', 'The item that the decision is about'],
    candidate_id: ['VARCHAR', 'Its id'],
    label: ['VARCHAR', 'What it is, in words'],
    position: ['INTEGER', 'Its place in the order in which they were considered, from 1'],
    score: ['DOUBLE', 'The score that decides'],
    rank: ['INTEGER', 'Its rank by that score, from 1; equal scores have the same'],
    is_chosen: ['BOOLEAN', 'Whether it was chosen'],
    reason: ['VARCHAR', 'Why it was not'],
    scores: ['JSON', 'All its scores, by name'],
  },
  ({ reading, isOwn }) =>
    reading.decisions
      .filter(({ span_id }) => isOwn(span_id))
      .flatMap(({ span_id, kind, about, by, candidates }) =>
        candidates.map((candidate, index) => ({
          span_id,
          kind,
          item_id: about.item_id,
          candidate_id: candidate.id,
          label: candidate.label,
          position: index + 1,
          score: candidate.scores[by] ?? null,
          rank: candidate.rank,
          is_chosen: candidate.is_chosen,
          reason: candidate.reason,
          scores: jsonOf(candidate.scores),
        })),
      ),
);
