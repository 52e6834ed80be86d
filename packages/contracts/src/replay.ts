import Type, { type Static } from 'typebox';
import { uuidPattern } from './patterns.ts';

/** Names that a trace gives: they go into span names and outputs. */
const Name = Type.String({ pattern: '^[\\w.:/@+#-]{1,200}$' });
const CallKey = Type.String({ pattern: '^m[1-9]\\d?/[\\w./-]{1,300}$' });

/** What a model answered, as far as a step uses it. */
export const RecordedReply = Type.Object(
  {
    content: Type.Union([Type.String(), Type.Null()]),
    reasoning: Type.Optional(
      Type.String({ minLength: 1, description: 'Where the answer was found in there' }),
    ),
    refusal: Type.Optional(Type.String({ minLength: 1 })),
    tool_calls: Type.Optional(
      Type.Array(
        Type.Object({ id: Name, name: Name, arguments: Type.String() }, { additionalProperties: false }),
        {
          maxItems: 8,
        },
      ),
    ),
    annotations: Type.Optional(
      Type.Array(
        Type.Object(
          { title: Type.String({ maxLength: 500 }), url: Type.String({ maxLength: 2_000 }) },
          { additionalProperties: false },
        ),
        { maxItems: 100, description: 'Sources of a web search' },
      ),
    ),
    finish_reason: Name,
    id: Type.Optional(Name),
    model: Name,
    provider: Type.String({ pattern: '^[\\w.-]{1,40}( [\\w.-]{1,40}){0,2}$' }),
  },
  { additionalProperties: false, description: 'What a model answered' },
);
export type RecordedReply = Static<typeof RecordedReply>;

/** A call of a recorded run. */
export const ReplayedCall = Type.Object(
  {
    key: CallKey,
    request: Type.Optional(
      Type.String({
        pattern: '^[0-9a-f]{64}$',
        description:
          'SHA-256 of its request, as its journal or as its span has it: the answer is given to the same request only. Absent: to whatever is asked under the key',
      }),
    ),
    span: Type.Object(
      {
        trace_id: Type.String({ pattern: '^[0-9a-f]{32}$' }),
        span_id: Type.String({ pattern: '^[0-9a-f]{16}$' }),
      },
      { additionalProperties: false, description: 'The span that recorded it' },
    ),
    answer: RecordedReply,
  },
  { additionalProperties: false, description: 'A call of a recorded run, with its answer' },
);
export type ReplayedCall = Static<typeof ReplayedCall>;

/** What is different in the steps that are asked anew: their prompt, their model, and what AGENTO_… variables set for all. */
export const StepChange = Type.Object(
  {
    prompt: Type.Optional(
      Type.String({
        maxLength: 131_072,
        description: 'A whole prompt file, with what it includes in place, for the agent of the steps',
      }),
    ),
    model: Type.Optional(Name),
    temperature: Type.Optional(Type.Number({ minimum: 0, maximum: 2 })),
    seed: Type.Optional(Type.Integer({ minimum: 0, maximum: 2 ** 31 })),
    max_tokens: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000_000 })),
  },
  { additionalProperties: false, description: 'What is different in the steps that are asked anew' },
);
export type StepChange = Static<typeof StepChange>;

/** An option of every module: the run is made again from a recorded one. */
export const Replay = Type.Object(
  {
    run_id: Type.String({ pattern: uuidPattern, description: 'The recorded run' }),
    from: Type.Array(CallKey, {
      minItems: 1,
      maxItems: 1_000,
      description: 'Keys of the steps that are asked anew',
    }),
    change: Type.Optional(StepChange),
    calls: Type.Array(ReplayedCall, {
      maxItems: 10_000,
      description: 'What was answered in the recorded run, and is not asked again',
    }),
  },
  { additionalProperties: false, description: 'Makes a recorded run again; not passed on in the output' },
);
export type Replay = Static<typeof Replay>;

/** What a module recorded of its calls of a run: what `GET /runs/{run_id}/journal` answers. */
export const RunJournal = Type.Object(
  {
    run_id: Type.String(),
    run_attempt: Type.Integer({ minimum: 1 }),
    module: Type.Integer(),
    goal: Type.String(),
    context: Type.Optional(Type.String()),
    calls: Type.Array(ReplayedCall),
    later: Type.Optional(Type.Unknown({ description: 'The same of the next module, where it has any' })),
  },
  { description: 'What a module recorded of its calls of a run' },
);
export type RunJournal = Static<typeof RunJournal>;

/** What stands in a trace where @agento/redaction took something out (a test compares the two): never to be shown to a model. */
export const redactedMark = '***REDACTED***';
