import { tableOfRuns, timeOfMs } from '../table.ts';

export const runs = tableOfRuns(
  'runs',
  'An attempt at a run',
  {
    session_id: ['VARCHAR', 'The session it belongs to, where the caller gave one'],
    goal: ['VARCHAR', 'The goal; null while content is off'],
    context: ['VARCHAR', 'The background that came with the goal'],
    started: ['TIMESTAMP', 'When it began, UTC'],
    wall_ms: ['DOUBLE', 'From its first span to its last, in milliseconds'],
    outcome: [
      'VARCHAR',
      '`published`, `held`, `stopped` (as asked), `failed`, `cancelled`, `interrupted` or `unfinished`',
    ],
    error_type: ['VARCHAR', '`error.type` of the failure that ended it'],
    error_message: ['VARCHAR', 'The message of that failure'],
    score: [
      'DOUBLE',
      'The share of criteria the finished plan fully meets, 0 to 1; null if it was not judged',
    ],
    calls: ['INTEGER', 'Model calls it needed, each once'],
    input_tokens: ['BIGINT', 'Tokens of these calls'],
    output_tokens: ['BIGINT', 'Tokens of their answers'],
    cost_usd: ['DOUBLE', 'Their cost; null if the price of any is unknown'],
    model_ms: ['DOUBLE', 'The sum of their durations, even where they ran side by side'],
    calls_in_vain: [
      'INTEGER',
      'Calls made again, since a process died before their answer was recorded; in no other sum',
    ],
    spans: ['INTEGER', 'Spans of the attempt'],
    has_content: ['BOOLEAN', 'False where content was switched off for any of its services'],
    gaps: [
      'VARCHAR[]',
      'What is known to be missing; empty for a trace that is complete as far as it says itself',
    ],
  },
  ({ reading }) => {
    const { all, in_vain } = reading.usage;
    return [
      {
        session_id: reading.session_id,
        goal: reading.goal.value,
        context: reading.context,
        started: timeOfMs(reading.started_ms),
        wall_ms: reading.wall_ms,
        outcome: reading.outcome,
        error_type: reading.error?.type ?? null,
        error_message: reading.error?.message ?? null,
        score: reading.score,
        calls: all.calls,
        input_tokens: all.input_tokens,
        output_tokens: all.output_tokens,
        cost_usd: all.cost_usd,
        model_ms: all.duration_ms,
        calls_in_vain: in_vain.calls,
        spans: reading.span_count,
        has_content: reading.has_content,
        gaps: reading.gaps,
      },
    ];
  },
);
