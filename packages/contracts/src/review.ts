import Type, { type Static } from 'typebox';
import { Impact } from './revision.ts';

/** The module after which people are asked: it says which revisions are worth making. */
export const reviewedModule = 4;

/** What a person may be asked to decide, an option of a run like `stop_after`. */
export const ReviewOption = Type.Literal('revisions', {
  description: `The run waits after module ${reviewedModule} until a person has decided about each revision request: POST /runs/{run_id}/review`,
});

/** Most characters of a reason, and of a request in other words. */
const [mostReason, mostWords] = [2_000, 8_000];

const decided = {
  request: Type.String({ minLength: 1, maxLength: 300, description: 'Id of the revision request' }),
  reason: Type.String({ pattern: '\\S', maxLength: mostReason, description: 'Why; it is in the trace' }),
};

/** What a person decided about one revision request. */
export const ReviewDecision = Type.Union([
  Type.Object(
    { ...decided, decision: Type.Literal('approve'), reason: Type.Optional(decided.reason) },
    { additionalProperties: false, description: 'It is carried out' },
  ),
  Type.Object(
    { ...decided, decision: Type.Literal('reject') },
    { additionalProperties: false, description: 'The item stays as it is' },
  ),
  Type.Object(
    {
      ...decided,
      decision: Type.Literal('reword'),
      text: Type.String({
        pattern: '\\S',
        maxLength: mostWords,
        description: 'What is carried out in its place',
      }),
    },
    { additionalProperties: false, description: 'It is carried out in other words' },
  ),
]);
export type ReviewDecision = Static<typeof ReviewDecision>;

/** Body of `POST /runs/{run_id}/review`. */
export const ReviewBody = Type.Object(
  {
    decisions: Type.Array(ReviewDecision, { maxItems: 1_000 }),
    others: Type.Optional(
      Type.Literal('keep', { description: 'For requests that are not named, what module 4 decided stands' }),
    ),
  },
  { additionalProperties: false, description: 'Decisions about revision requests' },
);
export type ReviewBody = Static<typeof ReviewBody>;

/** What people decided: part of module 5's input and output. */
export const HumanReview = Type.Object(
  {
    by: Type.String({
      minLength: 1,
      maxLength: 100,
      description: 'The fingerprint of the key it came with, or `anonymous` where there are no keys',
    }),
    at: Type.String({ description: 'RFC 3339' }),
    decisions: Type.Array(ReviewDecision),
  },
  { description: 'What a person decided about the revision requests' },
);
export type HumanReview = Static<typeof HumanReview>;

/** One revision request as it is shown to whoever decides about it. */
export const ReviewedRequest = Type.Object({
  id: Type.String({ description: 'Named by a decision as `request`' }),
  item_id: Type.String(),
  item_title: Type.String(),
  item_description: Type.String({ description: 'The text that would be revised' }),
  request: Type.String(),
  reasoning: Type.String(),
  targeted_criteria: Type.Array(Type.String()),
  verdicts: Type.Array(
    Type.Object({
      criterion_id: Type.String(),
      criteria: Type.String(),
      result: Type.String(),
      score: Type.Union([Type.Number(), Type.Null()]),
      reasoning: Type.String(),
    }),
    { description: 'On the item, by every criterion' },
  ),
  approver: Type.Object(
    {
      approved: Type.Boolean(),
      reasoning: Type.String(),
      impact_assessment: Type.Array(
        Type.Object({ criterion_id: Type.String(), impact: Impact, note: Type.String() }),
      ),
    },
    { description: 'What the RevisionEvaluator decided: it stands where nobody decides otherwise' },
  ),
});
export type ReviewedRequest = Static<typeof ReviewedRequest>;

/** What there is to decide, and what was decided: what `GET /runs/{run_id}/review` answers. */
export const Review = Type.Object(
  {
    run_id: Type.String(),
    run_attempt: Type.Integer({ minimum: 1 }),
    goal: Type.String(),
    waiting: Type.Boolean({ description: 'The run waits for a decision' }),
    requests: Type.Array(ReviewedRequest),
    review: Type.Union([HumanReview, Type.Null()], { description: 'What was decided; null before' }),
  },
  { description: 'What there is to decide, and what was decided' },
);
export type Review = Static<typeof Review>;
