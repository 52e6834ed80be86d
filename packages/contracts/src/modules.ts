import Type, { type Static, type TObject, type TProperties } from 'typebox';
import { chain } from './chain.ts';
import { Constraint } from './constraint.ts';
import { Source, SuccessCriterion } from './criterion.ts';
import { CriterionSummary, EvalResult } from './evaluation.ts';
import { checkIdsOf } from './ids.ts';
import { openaiTracePattern, uuidPattern } from './patterns.ts';
import { PlanOutline, PlanScore, PlanSelection } from './plan.ts';
import {
  Artifact,
  CriterionCoverage,
  CriterionFulfillment,
  ItemDetail,
  QualityReport,
  RevisionResult,
} from './revision.ts';
import { AgentUsage } from './run-events.ts';
import { TraceMetadata } from './trace-metadata.ts';
import type { Finding } from './validate.ts';

/** Limits of what a caller may send, in bytes of UTF-8 (bodies: of JSON). */
export const limits = {
  goal: 16 * 1024,
  context: 256 * 1024,
  body: 1024 * 1024,
};

const RunId = Type.String({ pattern: uuidPattern, description: 'UUID of the run; made where it is absent' });

/** Most attempts at a run. */
export const mostAttempts = 9_999;

const RunAttempt = Type.Integer({
  minimum: 1,
  maximum: mostAttempts,
  description: 'Number of the attempt at the run, from 1; an output that is fed in again begins a new one',
});

/** What the caller may ask of any module beside its input. Not part of what is handed on as output. */
function options(firstModule: number) {
  return {
    stop_after: Type.Optional(
      Type.Integer({
        minimum: firstModule,
        maximum: chain.length,
        description: "Answer with this module's output",
      }),
    ),
  };
}

const Goal = Type.String({
  pattern: '\\S',
  description: 'What is to be achieved, up to 16 KiB of UTF-8; data, never instructions',
});
const Context = Type.String({ description: 'Background the user gives, up to 256 KiB of UTF-8' });
const SessionId = Type.String({ minLength: 1, maxLength: 256 });

/** Body of `POST /run` on module 1. Unknown fields are refused, so that a misspelt option is noticed. */
export const Module1Input = Type.Object(
  {
    goal: Goal,
    context: Type.Optional(Context),
    run_id: Type.Optional(RunId),
    session_id: Type.Optional(SessionId),
    trace_metadata: Type.Optional(TraceMetadata),
    openai_trace_id: Type.Optional(
      Type.String({
        pattern: openaiTracePattern,
        description:
          'Trace of the OpenAI Agents SDK to link to: `trace_` and 32 hex digits, or 32 hex digits',
      }),
    ),
    ...options(1),
  },
  { additionalProperties: false },
);
export type Module1Input = Static<typeof Module1Input>;

/** Version of the outputs' schema; outputs of 1 do not say it. What each version added stands in CHANGELOG.md. */
export const schemaVersion = 2;

const Base = {
  goal: Goal,
  context: Type.Optional(Context),
  session_id: Type.Optional(SessionId),
};
const Written = {
  schema_version: Type.Literal(schemaVersion, { description: 'Version of this schema' }),
  run_id: RunId,
  // Outputs of earlier versions have none, and count as of attempt 1.
  run_attempt: Type.Optional(RunAttempt),
  trace_metadata: TraceMetadata,
  usage: Type.Array(AgentUsage, { description: 'Calls, tokens and cost so far, by module and agent' }),
};

const Adds1 = {
  constraints: Type.Array(Constraint, {
    description: 'What in goal and context binds the plan; empty where nothing does',
  }),
  constraints_left_out: Type.Integer({
    minimum: 0,
    description: 'How many more the model named whose passage stands nowhere in goal or context',
  }),
  search_summary: Type.String(),
  search_mode: Type.Enum(['model_knowledge', 'web_search'], {
    description: 'Whether the summary rests on the model’s own knowledge or on the provider’s web search',
  }),
  sources: Type.Array(Source),
  success_criteria: Type.Array(SuccessCriterion, { minItems: 1 }),
  selected_criteria: Type.Array(SuccessCriterion, { minItems: 1 }),
};
const Adds2 = {
  plan_outlines: Type.Array(PlanOutline, { minItems: 1 }),
  plan_scores: Type.Array(PlanScore),
  plan_selection: PlanSelection,
  selected_outline: PlanOutline,
};
const Adds3 = {
  expanded_outline: PlanOutline,
  evaluation_results: Type.Array(EvalResult),
  criteria_summary: Type.Array(CriterionSummary),
};
const Adds4 = {
  item_details: Type.Array(ItemDetail),
  criteria_coverage_summary: Type.Array(CriterionCoverage),
};
const Adds5 = {
  revision_results: Type.Array(RevisionResult),
  revised_outline: PlanOutline,
  criteria_fulfillment_summary: Type.Array(CriterionFulfillment),
  quality_report: QualityReport,
  final_plan: Artifact,
};

// Outputs of version 1 have no constraints.
const Given2 = {
  ...Base,
  ...Adds1,
  constraints: Type.Optional(Adds1.constraints),
  constraints_left_out: Type.Optional(Adds1.constraints_left_out),
};
const Given3 = { ...Given2, ...Adds2 };
const Given4 = { ...Given3, ...Adds3 };
const Given5 = { ...Given4, ...Adds4 };

/** A later module's input: the output before it, where a file may lack run_id and trace_metadata, and options. */
function inputOf<P extends TProperties>(given: P, number: number) {
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
    usage: Type.Optional(Written.usage),
    ...options(number),
  });
}

/** What the schema of a later module's input cannot say: its version is known, and its things can be told apart. */
export function checkGiven({
  schema_version = 1,
  selected_criteria,
  constraints = [],
}: {
  schema_version?: number;
  selected_criteria: readonly { id: string }[];
  constraints?: readonly { id: string }[];
}): Finding[] {
  const detail = `must be at most ${schemaVersion}: a newer version wrote this, and only that can go on with it`;
  return [
    ...(schema_version > schemaVersion ? [{ pointer: '/schema_version', detail }] : []),
    ...checkIdsOf('/selected_criteria', selected_criteria),
    ...checkIdsOf('/constraints', constraints),
  ];
}

export const Module1Output = Type.Object({ ...Written, ...Given2 });
export const Module2Input = inputOf(Given2, 2);
export const Module2Output = Type.Object({ ...Written, ...Given3 });
export const Module3Input = inputOf(Given3, 3);
export const Module3Output = Type.Object({ ...Written, ...Given4 });
export const Module4Input = inputOf(Given4, 4);
export const Module4Output = Type.Object({ ...Written, ...Given5 });
export const Module5Input = inputOf(Given5, 5);
export const Module5Output = Type.Object({ ...Written, ...Given5, ...Adds5 });

export type Module1Output = Static<typeof Module1Output>;
export type Module2Input = Static<typeof Module2Input>;
export type Module2Output = Static<typeof Module2Output>;
export type Module3Input = Static<typeof Module3Input>;
export type Module3Output = Static<typeof Module3Output>;
export type Module4Input = Static<typeof Module4Input>;
export type Module4Output = Static<typeof Module4Output>;
export type Module5Input = Static<typeof Module5Input>;
export type Module5Output = Static<typeof Module5Output>;

/** What each module's run produces: the fields its output adds, before run_id and trace_metadata. */
export const Module1Adds = Type.Object(Adds1);
export const Module2Adds = Type.Object(Adds2);
export const Module3Adds = Type.Object(Adds3);
export const Module4Adds = Type.Object(Adds4);
export const Module5Adds = Type.Object(Adds5);
export type Module1Adds = Static<typeof Module1Adds>;
export type Module2Adds = Static<typeof Module2Adds>;
export type Module3Adds = Static<typeof Module3Adds>;
export type Module4Adds = Static<typeof Module4Adds>;
export type Module5Adds = Static<typeof Module5Adds>;

/** Every module's output schema by number, for tools that read run files. */
export const outputs: readonly TObject[] = [
  Module1Output,
  Module2Output,
  Module3Output,
  Module4Output,
  Module5Output,
];
