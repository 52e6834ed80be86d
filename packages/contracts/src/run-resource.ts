import Type, { type Static } from 'typebox';
import { Problem } from './run-events.ts';

/** States of a run: the first two go on, the third waits for a person, the others are ends. */
export const runStates = [
  'queued',
  'running',
  'waiting_for_review',
  'finished',
  'failed',
  'cancelled',
] as const;

const Count = Type.Integer({ minimum: 0 });

/** A run as one module knows it, from that module on: what `GET /runs/{run_id}` answers. */
export const RunResource = Type.Object(
  {
    run_id: Type.String(),
    run_attempt: Type.Integer({ minimum: 1 }),
    module: Type.Integer({ description: 'The module that was asked' }),
    state: Type.Enum([...runStates], { type: 'string' }),
    stage: Type.Enum(['own_work', 'worked', 'later_module', 'ended'], {
      type: 'string',
      description: 'What it is at: this module’s own work, its end, the modules after it, nothing',
    }),
    goal: Type.String({ description: 'Up to 300 characters of it' }),
    began_at: Type.String({ description: 'RFC 3339' }),
    changed_at: Type.String({ description: 'RFC 3339' }),
    executions: Type.Integer({
      minimum: 0,
      description: 'How often its execution has begun: more than 1 after a process died or was stopped',
    }),
    trace_id: Type.Optional(Type.String()),
    calls: Count,
    input_tokens: Count,
    output_tokens: Count,
    cost_usd: Type.Union([Type.Number(), Type.Null()], { description: 'Null if a price is unknown' }),
    steps: Type.Optional(
      Type.Object({ started: Count, finished: Count }, { description: 'Of this module; in details only' }),
    ),
    later: Type.Optional(
      Type.Unknown({ description: 'The same of the next module, once it was asked; in details only' }),
    ),
    review: Type.Optional(
      Type.String({ description: 'Path of what a person is to decide, while the run waits for that' }),
    ),
    output: Type.Optional(Type.String({ description: 'Path of the output' })),
    problem: Type.Optional(Problem),
  },
  { description: 'A run as one module knows it' },
);
export type RunResource = Static<typeof RunResource>;

/** A page of runs, the newest first. */
export const RunList = Type.Object(
  {
    runs: Type.Array(RunResource),
    next: Type.Union([Type.String(), Type.Null()], { description: '`after` of the next page' }),
  },
  { description: 'A page of runs' },
);
export type RunList = Static<typeof RunList>;
