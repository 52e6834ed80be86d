import Type, { type Static } from 'typebox';
import { JudgedConstraintStatus } from './constraint.ts';
import { notJudged } from './evaluation.ts';
import { ProducedBy } from './trace-metadata.ts';

/** What an item lacks and why, one shortfall per criterion. */
export const Assessment = Type.Object({
  summary: Type.String(),
  shortfalls: Type.Array(Type.Object({ criterion_id: Type.String(), reason: Type.String() })),
  produced_by: ProducedBy,
});
export type Assessment = Static<typeof Assessment>;

/** One actionable request for one item. */
export const RevisionRequest = Type.Object({
  id: Type.String({ minLength: 1 }),
  revision_request_content: Type.String({ minLength: 1 }),
  reasoning: Type.String(),
  targeted_criteria: Type.Array(Type.String(), { minItems: 1 }),
  produced_by: ProducedBy,
});
export type RevisionRequest = Static<typeof RevisionRequest>;

// A provider's strict mode rejects an enum without a type; the same goes for the other one that models fill in.
export const Impact = Type.Enum(['improve', 'worsen', 'no_change'], { type: 'string' });
export type Impact = Static<typeof Impact>;

/** Whether to carry out the request, with its expected effect on every criterion. */
export const RevisionEvaluation = Type.Object({
  id: Type.String({ minLength: 1 }),
  approved: Type.Boolean(),
  reasoning: Type.String(),
  impact_assessment: Type.Array(
    Type.Object({ criterion_id: Type.String(), impact: Impact, note: Type.String() }),
  ),
  produced_by: ProducedBy,
});
export type RevisionEvaluation = Static<typeof RevisionEvaluation>;

/** A step without a usable result, in a run that continued without it. */
export const GivenUp = Type.Object({ step: Type.String(), agent_name: Type.String(), reason: Type.String() });
export type GivenUp = Static<typeof GivenUp>;

/**
 * What module 4 found for one item. `assessment`, `revision_request` and `revision_evaluation` are null for an item
 * without a failed verdict, and from a step without a usable result on.
 */
export const ItemDetail = Type.Object({
  item_id: Type.String({ minLength: 1 }),
  item_title: Type.String(),
  original_evaluation: Type.Record(Type.String(), Type.Enum(['pass', 'fail', notJudged])),
  assessment: Type.Union([Assessment, Type.Null()]),
  revision_request: Type.Union([RevisionRequest, Type.Null()]),
  revision_evaluation: Type.Union([RevisionEvaluation, Type.Null()]),
  given_up: Type.Optional(GivenUp),
});
export type ItemDetail = Static<typeof ItemDetail>;

/** One criterion over all items: which failed it, and how many revisions were requested and approved. */
export const CriterionCoverage = Type.Object({
  criterion_id: Type.String(),
  criteria: Type.String(),
  items_passed: Type.Integer(),
  items_failed: Type.Integer(),
  items_not_judged: Type.Optional(Type.Integer()),
  revisions_requested: Type.Integer(),
  revisions_approved: Type.Integer(),
});
export type CriterionCoverage = Static<typeof CriterionCoverage>;

export const FulfillmentStatus = Type.Enum(['fully_met', 'partially_met', 'not_met'], { type: 'string' });
export type FulfillmentStatus = Static<typeof FulfillmentStatus>;

/**
 * An attempt's judgement. `score` is 0 to 1; `meets_criteria`: every targeted criterion is fully met, computed.
 * Suggestions have ids so that the next attempt can be checked against them. If it could not be judged, `score` is
 * null, the lists are empty, and `reasoning` says why.
 */
export const AttemptEvaluation = Type.Object({
  meets_criteria: Type.Boolean(),
  score: Type.Union([Type.Number({ minimum: 0, maximum: 1 }), Type.Null()]),
  reasoning: Type.String(),
  criteria_fulfillment: Type.Array(
    Type.Object({
      criterion_id: Type.String(),
      status: FulfillmentStatus,
      explanation: Type.Optional(Type.String()),
    }),
  ),
  improvement_suggestions: Type.Array(Type.Object({ id: Type.String(), text: Type.String() })),
  produced_by: ProducedBy,
});
export type AttemptEvaluation = Static<typeof AttemptEvaluation>;

/** Whether an attempt addressed one suggestion; `evidence` is a passage of the attempt's own text, checked by code. */
export const Feedback = Type.Object({
  suggestion_id: Type.String(),
  status: Type.Enum(['addressed', 'partial', 'ignored']),
  evidence: Type.String(),
});
export type Feedback = Static<typeof Feedback>;

/**
 * One attempt to carry out an approved request. `changes` lists what its writer set out to change, `feedback` judges
 * how it handled the previous attempt's suggestions.
 */
export const RevisionAttempt = Type.Object({
  id: Type.String({ minLength: 1 }),
  attempt: Type.Integer({ minimum: 1 }),
  agent_name: Type.String(),
  produced_by: ProducedBy,
  changes: Type.Optional(Type.Array(Type.String())),
  revised_text: Type.String(),
  evaluation: AttemptEvaluation,
  feedback: Type.Array(Feedback),
});
export type RevisionAttempt = Static<typeof RevisionAttempt>;

/**
 * All attempts at one item; `accepted_attempt` is the one kept as the better text, null if none is better than the
 * original. `baseline` is the judgement of the original text, on the attempts' terms.
 */
export const RevisionResult = Type.Object({
  item_id: Type.String(),
  item_title: Type.String(),
  original_text: Type.String(),
  revision_request: RevisionRequest,
  baseline: Type.Optional(AttemptEvaluation),
  attempts: Type.Array(RevisionAttempt),
  attempt_count: Type.Integer(),
  accepted_attempt: Type.Union([Type.Integer(), Type.Null()]),
  final_text: Type.String(),
  given_up: Type.Optional(GivenUp),
});
export type RevisionResult = Static<typeof RevisionResult>;

/** A status, or not judged. */
export const JudgedStatus = Type.Enum(['fully_met', 'partially_met', 'not_met', notJudged], {
  type: 'string',
});
export type JudgedStatus = Static<typeof JudgedStatus>;

/** One criterion over the finished items: whether each does its share for it. */
export const CriterionFulfillment = Type.Object({
  criterion_id: Type.String(),
  criteria: Type.String(),
  items: Type.Array(Type.Object({ item_id: Type.String(), status: JudgedStatus })),
  fully_met: Type.Integer(),
  partially_met: Type.Integer(),
  not_met: Type.Integer(),
  not_judged: Type.Integer(),
});
export type CriterionFulfillment = Static<typeof CriterionFulfillment>;

/**
 * The whole plan judged against every criterion and constraint. `decision` is computed: publish if more than half of
 * the criteria are fully met and no constraint is broken. `passage` is quoted from the plan, checked by code; empty for
 * a constraint that is `not_shown`. If it could not be judged, every criterion and constraint is `not_judged`,
 * `share_met` is null and the plan is held.
 */
export const QualityReport = Type.Object({
  decision: Type.Enum(['publish', 'hold']),
  share_met: Type.Union([Type.Number({ minimum: 0, maximum: 1 }), Type.Null()]),
  summary: Type.String(),
  criteria: Type.Array(
    Type.Object({ criterion_id: Type.String(), status: JudgedStatus, explanation: Type.String() }),
  ),
  constraints: Type.Array(
    Type.Object({
      constraint_id: Type.String(),
      status: JudgedConstraintStatus,
      explanation: Type.String(),
      passage: Type.String(),
    }),
  ),
  strengths: Type.Array(Type.String()),
  open_issues: Type.Array(Type.String()),
  produced_by: ProducedBy,
});
export type QualityReport = Static<typeof QualityReport>;

/** A file the run wrote: `size` in bytes, `sha256` in hex. */
export const Artifact = Type.Object({
  name: Type.String(),
  sha256: Type.String(),
  size: Type.Integer(),
  media_type: Type.String(),
});
export type Artifact = Static<typeof Artifact>;
