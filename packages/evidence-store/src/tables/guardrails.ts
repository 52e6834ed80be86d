import { tableOfRuns } from '../table.ts';

export const guardrails = tableOfRuns(
  'guardrails',
  'A check that code made: of what a module handed on, or of an answer by AGENTO_GUARDRAILS',
  {
    span_id: ['VARCHAR', 'Its span'],
    step_span_id: [
      'VARCHAR',
      'The span of the step whose answer it judged; null for what a module handed on',
    ],
    module: ['INTEGER', 'The module'],
    name: ['VARCHAR', 'Which check: `output_schema`, or the id of a guardrail'],
    passed: ['BOOLEAN', 'Whether it found nothing'],
    action: ['VARCHAR', '`warn`, `repair` or `block`; null for what a module handed on'],
    outcome: ['VARCHAR', '`passed`, `noted`, `repair` or `blocked`; null for what a module handed on'],
    problems: ['VARCHAR[]', 'What it found; empty while content is off, too'],
  },
  ({ reading, isOwn }) =>
    reading.guardrails
      .filter(({ span_id }) => isOwn(span_id))
      .map(({ step, ...guardrail }) => ({ ...guardrail, step_span_id: step })),
);
