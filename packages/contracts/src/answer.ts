import Type, { type TProperties } from 'typebox';

/**
 * What a model fills in: only what a model can know. Strict (every field required and typed, none beside them), so that
 * a provider can compile each once. Every one argues before it judges: a reason that follows a number only defends it. A
 * `maxLength` stands where a text is meant to be short.
 */
export function answer<P extends TProperties>(fields: P) {
  return Type.Object(fields, { additionalProperties: false });
}

/** The fields that answers have in common. */
export const field = {
  /** A whole number: small models keep to the bounds of an integer, not to those of a fraction. */
  percent: Type.Integer({ minimum: 0, maximum: 100 }),
  rating: Type.Integer({ minimum: 1, maximum: 10 }),
  /** Longer than an input's ids may be: a suggestion's is made of its item's. */
  id: Type.String({ maxLength: 200 }),
  title: Type.String({ maxLength: 200 }),
  /** A few sentences. */
  reason: Type.String({ maxLength: 4_000 }),
  /** Several paragraphs. */
  text: Type.String(),
};
