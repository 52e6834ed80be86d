import Type, { type Static } from 'typebox';
import { checkKeys } from './ids.ts';
import { Impact } from './revision.ts';
import type { Finding } from './validate.ts';

/** The module after which people are asked: it says which revisions are worth making. */
export const reviewedModule = 4;

/** What a person may be asked to decide, an option of a run like `stop_after`. */
export const ReviewOption = Type.Literal('revisions', {
  description: `The run waits after module ${reviewedModule} until a person has decided about each revision request: POST /runs/{run_id}/review`,
});

/** Most characters of a reason, and of a request in other words. */
const [mostReason, mostWords] = [2_000, 8_000];

/** What a person decided about one revision request; `decisionFindings` checks what belongs together. */
export const ReviewDecision = Type.Object(
  {
    request: Type.String({ minLength: 1, maxLength: 300, description: 'Id of the revision request' }),
    decision: Type.Enum(['approve', 'reject', 'reword'], {
      type: 'string',
      description: 'It is carried out, the item stays as it is, or `text` is carried out in its place',
    }),
    text: Type.Optional(
      Type.String({ pattern: '\\S', maxLength: mostWords, description: 'With `reword`, and only then' }),
    ),
    reason: Type.Optional(
      Type.String({
        pattern: '\\S',
        maxLength: mostReason,
        description: 'Why; it is in the trace. An approval may come without',
      }),
    ),
  },
  { additionalProperties: false },
);
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

/**
 * Checks that people decided about requests that there are, once about each, and say what they have to.
 *
 * @param pointer where the decisions are
 */
export function decisionFindings(
  decisions: readonly ReviewDecision[],
  requests: Iterable<string>,
  pointer: string,
): Finding[] {
  const known = new Set(requests);
  const lacking = decisions.flatMap(({ decision, reason, text }, index): Finding[] => {
    const at = (field: string, detail: string) => ({ pointer: `${pointer}/${index}/${field}`, detail });
    return [
      ...(decision !== 'approve' && reason === undefined ? [at('reason', `is needed to ${decision}`)] : []),
      ...(decision === 'reword' && text === undefined ? [at('text', 'is needed to reword')] : []),
      ...(decision !== 'reword' && text !== undefined ? [at('text', 'is only for "reword"')] : []),
    ];
  });
  const strange = checkKeys(
    decisions.map(({ request }) => request),
    (index) => `${pointer}/${index}/request`,
    (id) => (known.has(id) ? null : 'is not a revision request of this run'),
  );
  return [...strange, ...lacking];
}
