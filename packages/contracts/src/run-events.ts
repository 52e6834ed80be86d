import Type, { type Static } from 'typebox';

const CallsWithoutUsage = Type.Optional(
  Type.Integer({
    minimum: 1,
    description: 'Calls for which the endpoint reported no tokens; the sums exclude them',
  }),
);

/** Tokens and cost of one step; zero for a step without a model. `cost_usd` is null if a price is unknown. */
export const Usage = Type.Object({
  input_tokens: Type.Integer(),
  output_tokens: Type.Integer(),
  cost_usd: Type.Union([Type.Number(), Type.Null()]),
  calls_without_usage: CallsWithoutUsage,
});
export type Usage = Static<typeof Usage>;

/** Calls, tokens and cost of one agent with one model; `cost_usd` is null if a price is unknown. */
export const AgentUsage = Type.Object({
  module: Type.Integer(),
  agent_name: Type.String(),
  model: Type.String(),
  provider: Type.String({ description: 'gen_ai.provider.name' }),
  calls: Type.Integer(),
  input_tokens: Type.Integer(),
  output_tokens: Type.Integer(),
  calls_without_usage: CallsWithoutUsage,
  cost_usd: Type.Union([Type.Number(), Type.Null()]),
});
export type AgentUsage = Static<typeof AgentUsage>;

/** RFC 9457 problem details, the form of every error of a service. */
export const Problem = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    instance: Type.Optional(Type.String()),
    trace_id: Type.Optional(Type.String()),
    run_id: Type.Optional(Type.String()),
    module: Type.Optional(Type.Integer()),
    errors: Type.Optional(Type.Array(Type.Object({ pointer: Type.String(), detail: Type.String() }))),
    step: Type.Optional(Type.String()),
    agent_name: Type.Optional(Type.String()),
    span_id: Type.Optional(Type.String()),
    prompt_sha256: Type.Optional(Type.String()),
    guardrail: Type.Optional(Type.String({ description: 'Id of the guardrail that blocked an answer' })),
  },
  { description: 'Problem details (RFC 9457)' },
);
export type Problem = Static<typeof Problem>;

/** Which step of which module, and what it is about. */
const StepName = Type.Object({
  module: Type.Integer(),
  step: Type.String(),
  agent_name: Type.String(),
  item_id: Type.Optional(Type.String()),
  criterion_id: Type.Optional(Type.String()),
  plan_id: Type.Optional(Type.String()),
  attempt: Type.Optional(Type.Integer()),
});
export type StepName = Static<typeof StepName>;

const EndedWith = Type.Optional(Type.Integer({ description: 'The module whose output it is' }));

/**
 * The events of a run, in the order they happen; sent as server-sent events, the name is the SSE event and the data its
 * JSON. Exactly one of `run.finished` and `run.failed` comes last; whoever posted the run is told the rest later where
 * it waits for a person.
 */
export const runEvents = {
  'run.started': Type.Object({ run_id: Type.String(), trace_id: Type.String() }),
  'step.started': StepName,
  'step.finished': Type.Intersect([
    StepName,
    Type.Object({
      duration_ms: Type.Number(),
      usage: Usage,
      summary: Type.String(),
      /** Present, and true, when the step failed; the problem itself comes with `run.failed`. */
      failed: Type.Optional(Type.Literal(true)),
    }),
  ]),
  'module.finished': Type.Object({ module: Type.Integer(), duration_ms: Type.Number(), usage: Usage }),
  /** `module`: the one that waits; `requests`: how many revision requests are to be decided; `usage`: so far. */
  'run.waiting_for_review': Type.Object({
    run_id: Type.String(),
    module: Type.Integer(),
    requests: Type.Integer({ minimum: 1 }),
    usage: Type.Array(AgentUsage),
  }),
  'run.finished': Type.Object({ output: Type.Unknown(), module: EndedWith }),
  'run.failed': Type.Object({ problem: Problem }),
};
export type RunEventName = keyof typeof runEvents;
export type RunEvents = { [N in RunEventName]: Static<(typeof runEvents)[N]> };
