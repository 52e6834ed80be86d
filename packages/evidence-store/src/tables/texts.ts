import { jsonOf } from '../cut.ts';
import { tableOfRuns } from '../table.ts';

export const texts = tableOfRuns(
  'texts',
  'One text of an item: the original or an attempt at its revision',
  {
    text_id: ['VARCHAR', '`p1-i1-a0` is the original of item `p1-i1`'],
    item_id: ['VARCHAR', 'The item'],
    revision: ['INTEGER', 'The attempt at its revision, from 1; 0: the original'],
    title: ['VARCHAR', "The item's title"],
    span_id: ['VARCHAR', "The writer's span"],
    agent: ['VARCHAR', 'The writer'],
    text: ['VARCHAR', 'The text; null while content is off'],
    state: ['VARCHAR', '`whole`, `cut`, or why it is not here: `content off`, `shed`, `not recorded`'],
    size: ['BIGINT', 'Its bytes, known even while content is off'],
    changes: ['VARCHAR[]', 'What its writer set out to change'],
    judged_by_span_id: ['VARCHAR', 'The span that judged it; null if none did'],
    score: ['DOUBLE', '0 to 1; null if it was not judged'],
    meets_criteria: ['BOOLEAN', 'Whether it fully meets the criteria that were targeted'],
    is_final: ['BOOLEAN', 'Whether it stands in the final plan; null if the run did not come that far'],
  },
  ({ reading, isOwn }) =>
    reading.items.flatMap(({ title, texts }) =>
      texts
        .filter(({ span_id }) => isOwn(span_id))
        .map((text) => ({
          text_id: text.id,
          item_id: text.item_id,
          revision: text.attempt,
          title,
          span_id: text.span_id,
          agent: text.agent,
          text: text.text.value,
          state: text.text.state,
          size: text.size,
          changes: text.changes,
          judged_by_span_id: text.judged_by,
          score: text.score,
          meets_criteria: text.meets_criteria,
          is_final: text.is_final,
        })),
    ),
);

export const plans = tableOfRuns(
  'plans',
  'An outline, as one planner wrote it',
  {
    plan_id: ['VARCHAR', 'Its id'],
    span_id: ['VARCHAR', 'The span that wrote it'],
    agent: ['VARCHAR', 'The planner'],
    title: ['VARCHAR', 'Its title'],
    description: ['VARCHAR', 'What it is'],
    reasoning: ['VARCHAR', 'Why'],
    own_rating: ['DOUBLE', "The planner's own rating, 1 to 10"],
    total: ['DOUBLE', 'The mean of its scores, 0 to 1'],
    is_selected: ['BOOLEAN', 'Whether it was chosen'],
    items: ['JSON', 'A list of `{id, title, description}`'],
  },
  ({ reading, isOwn }) =>
    reading.plans
      // Of a run that continues from a file, the plan it was given was written by none of its spans.
      .filter(({ span_id }) => span_id !== '' && isOwn(span_id))
      .map(({ id, items, ...plan }) => ({ ...plan, plan_id: id, items: jsonOf(items) })),
);

export const criteria = tableOfRuns(
  'criteria',
  'A criterion that plans are judged by, or that was proposed',
  {
    criterion_id: ['VARCHAR', 'Its id'],
    text: ['VARCHAR', 'What it asks; null while content is off'],
    reasoning: ['VARCHAR', 'Why it was proposed'],
    own_rating: ['DOUBLE', '1 to 10, by the agent that proposed it'],
    rating: ['DOUBLE', '1 to 10, by the agent that chose'],
    is_selected: ['BOOLEAN', 'Whether it was chosen'],
    proposed_by_span_id: ['VARCHAR', 'The span that proposed it; null if module 1 is not in the trace'],
    selected_by_span_id: ['VARCHAR', 'The span that chose'],
  },
  ({ reading, isOwn }) =>
    reading.criteria
      .filter(({ proposed_by, selected_by }) => isOwn(selected_by ?? proposed_by))
      .map(({ id, proposed_by, selected_by, ...criterion }) => ({
        ...criterion,
        criterion_id: id,
        proposed_by_span_id: proposed_by,
        selected_by_span_id: selected_by,
      })),
);

export const constraints = tableOfRuns(
  'constraints',
  'A limit that goal or context sets',
  {
    constraint_id: ['VARCHAR', 'Its id'],
    text: ['VARCHAR', 'What it demands'],
    kind: ['VARCHAR', 'Its kind'],
    quote: ['VARCHAR', 'The passage that sets it'],
    found_by_span_id: ['VARCHAR', 'The span that found it; null if module 1 is not in the trace'],
  },
  ({ reading, isOwn }) =>
    reading.constraints
      .filter(({ found_by }) => isOwn(found_by))
      .map(({ id, found_by, ...constraint }) => ({
        ...constraint,
        constraint_id: id,
        found_by_span_id: found_by,
      })),
);
