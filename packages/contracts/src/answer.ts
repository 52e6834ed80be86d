import Type, { type TProperties } from 'typebox';

/**
 * What a model fills in: only what a model can know. Strict (every field required and typed, no others), so that a
 * provider can compile each schema once. Every answer argues before it judges: a reason given after a number only
 * defends it. `maxLength` is set where a text is meant to be short.
 */
export function answer<P extends TProperties>(fields: P) {
  return Type.Object(fields, { additionalProperties: false });
}

/** The fields that answers have in common. */
export const field = {
  /** An integer: small models keep within an integer's bounds, but not within a fraction's. */
  percent: Type.Integer({ minimum: 0, maximum: 100 }),
  rating: Type.Integer({ minimum: 1, maximum: 10 }),
  /** Longer than ids in an input may be: a suggestion's id contains its item's. */
  id: Type.String({ maxLength: 200 }),
  title: Type.String({ maxLength: 200 }),
  /** A few sentences. */
  reason: Type.String({ maxLength: 4_000 }),
  /** Several paragraphs. */
  text: Type.String(),
};
