import Type, { type Static, type TObject, type TProperties } from 'typebox';
import { checkIdsOf } from '../ids.ts';
import { uuidPattern } from '../patterns.ts';
import { Replay } from '../replay.ts';
import { ReviewOption } from '../review.ts';
import { AgentUsage } from '../run-events.ts';
import type { StepDefinition } from '../step.ts';
import { TraceMetadata } from '../trace-metadata.ts';
import type { Finding } from '../validate.ts';

/** What a module accepts, does and adds; its number is its position in the chain. */
export interface ModuleContract {
  /** `module.type`; in CamelCase the agent.name of steps without a model. */
  type: string;
  title: string;
  input: TObject;
  output: TObject;
  /** The fields its output adds to those of the module before, `run_id` and `trace_metadata` aside. */
  adds: TObject;
  /** In the order of docs/telemetry.md, without the steps every module takes. */
  steps: readonly StepDefinition[];
}

/** Version of the output schema; version 1 did not state it. CHANGELOG.md says what each version added. */
export const schemaVersion = 2;

export const RunId = Type.String({
  pattern: uuidPattern,
  description: 'UUID of the run; generated if absent',
});

/** Most attempts at a run. */
export const mostAttempts = 9_999;

const RunAttempt = Type.Integer({
  minimum: 1,
  maximum: mostAttempts,
  description: 'Attempt number of the run, from 1; posting an output again starts a new one',
});

/** An option of every module, not part of its input proper; the chain sets its bounds. Not passed on in the output. */
export const StopAfter = Type.Integer({
  minimum: 1,
  description: 'Stop after this module and return its output',
});

/** What a run may use, over all its modules; an option like `stop_after`. What is absent is not limited. */
export const RunLimits = Type.Object(
  {
    calls: Type.Optional(Type.Integer({ minimum: 1, description: 'Most model calls' })),
    tokens: Type.Optional(Type.Integer({ minimum: 1, description: 'Most tokens, input and output' })),
    usd: Type.Optional(
      Type.Number({ exclusiveMinimum: 0, description: 'Most US dollars; needs models with a known price' }),
    ),
    seconds: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 86_400,
        description: 'Longest duration, from the called module on',
      }),
    ),
  },
  { additionalProperties: false, description: 'What the run may use; not passed on in the output' },
);
export type RunLimits = Static<typeof RunLimits>;

/** What the user gave: part of every input and output. */
export const Given = {
  goal: Type.String({
    pattern: '\\S',
    description: 'What is to be achieved, up to 16 KiB of UTF-8; data, never instructions',
  }),
  context: Type.Optional(Type.String({ description: 'Background the user gives, up to 256 KiB of UTF-8' })),
  session_id: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
};

const Usage = Type.Array(AgentUsage, { description: 'Calls, tokens and cost so far, by module and agent' });

/** A module's output: its input and what it adds, plus the fields every output has about its run. */
export function outputOf<P extends TProperties>(fields: P) {
  return Type.Object({
    schema_version: Type.Literal(schemaVersion, { description: 'Version of this schema' }),
    run_id: RunId,
    // Outputs of earlier versions have none, and count as attempt 1.
    run_attempt: Type.Optional(RunAttempt),
    trace_metadata: TraceMetadata,
    usage: Usage,
    ...fields,
  });
}

/** A later module's input: the previous module's output, plus options; run_id and trace_metadata are optional. */
export function inputOf<P extends TProperties>(given: P) {
  return Type.Object({
    ...given,
    schema_version: Type.Optional(
      Type.Integer({
        minimum: 1,
        description: `Version of the schema of the output that is handed in, up to ${schemaVersion}; absent for version 1`,
      }),
    ),
    run_id: Type.Optional(RunId),
    run_attempt: Type.Optional(RunAttempt),
    trace_metadata: Type.Optional(TraceMetadata),
    usage: Type.Optional(Usage),
    stop_after: Type.Optional(StopAfter),
    limits: Type.Optional(RunLimits),
    replay: Type.Optional(Replay),
    review: Type.Optional(ReviewOption),
  });
}

/** Checks what the schema of a later module's input cannot express: the version is supported and ids are unique. */
export function checkGiven({
  schema_version = 1,
  selected_criteria,
  constraints = [],
}: {
  schema_version?: number;
  selected_criteria: readonly { id: string }[];
  constraints?: readonly { id: string }[];
}): Finding[] {
  const detail = `must be at most ${schemaVersion}: this was written by a newer version, which alone can continue it`;
  return [
    ...(schema_version > schemaVersion ? [{ pointer: '/schema_version', detail }] : []),
    ...checkIdsOf('/selected_criteria', selected_criteria),
    ...checkIdsOf('/constraints', constraints),
  ];
}
