import { answer, field, modelStep } from '@agento/contracts';
import Type, { type Static, type TSchema } from 'typebox';
import { Action } from './schema.ts';

const orNull = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()]);
const number = orNull(Type.Number());
const count = orNull(Type.Integer({ minimum: 1, maximum: 1_000 }));
const path = Type.String({ maxLength: 200 });
const words = Type.String({ maxLength: 1_000 });

/** A check as a model fills it in: every field is there, null where its kind has no such setting. */
export const ProposedCheck = answer({
  kind: Type.Enum(['number', 'text', 'quote', 'spread', 'pattern', 'agreement'], { type: 'string' }),
  field: orNull(path),
  least: number,
  most: number,
  least_words: count,
  most_words: count,
  source: orNull(Type.Array(path, { maxItems: 10 })),
  whole: orNull(Type.Boolean()),
  from: count,
  forbid: orNull(Type.Array(words, { maxItems: 20 })),
  require: orNull(Type.Array(words, { maxItems: 20 })),
  by: orNull(path),
  with: orNull(
    answer({ in: Type.Enum(['answer', 'input'], { type: 'string' }), field: path, by: orNull(path) }),
  ),
  values: orNull(
    Type.Array(answer({ word: Type.String({ maxLength: 100 }), worth: Type.Number() }), { maxItems: 20 }),
  ),
});
export type ProposedCheck = Static<typeof ProposedCheck>;

export const Proposal = answer({
  findings: Type.Array(field.id, { minItems: 1, maxItems: 50 }),
  reasoning: field.reason,
  id: Type.String({ maxLength: 80 }),
  description: field.reason,
  action: Action,
  steps: Type.Array(field.id, { minItems: 1, maxItems: 20 }),
  check: ProposedCheck,
});
export type Proposal = Static<typeof Proposal>;

/** The answer: what no guardrail can help is left out, with the reason. */
export const CritiqueAnswer = answer({
  proposals: Type.Array(Proposal, { maxItems: 20 }),
  left_out: Type.Array(answer({ finding: field.id, reason: field.reason }), { maxItems: 50 }),
});
export type CritiqueAnswer = Static<typeof CritiqueAnswer>;

const Place = Type.Object({
  path: Type.String(),
  holds: Type.Enum(['number', 'text', 'other'], { type: 'string' }),
});

/** What the critic is shown: findings with their evidence, and what answers and inputs of their steps hold. */
export const CritiqueInput = Type.Object({
  steps: Type.Array(
    Type.Object({
      step: Type.String(),
      agents: Type.Array(Type.String()),
      answer: Type.Array(Place),
      input: Type.Array(Place),
    }),
  ),
  findings: Type.Array(
    Type.Object({
      id: Type.String(),
      rule: Type.String(),
      severity: Type.String(),
      question: Type.String(),
      step: Type.Union([Type.String(), Type.Null()]),
      message: Type.String(),
      texts: Type.Array(Type.String()),
      measure: Type.Object({ name: Type.String(), value: Type.Number() }),
      /** The answer it is about, its beginning where it is long. */
      answer: Type.Union([Type.String(), Type.Null()]),
    }),
  ),
});
export type CritiqueInput = Static<typeof CritiqueInput>;

/** The critic's one step: it belongs to no module, and judges runs that have ended. */
export const critiqueStep = modelStep({
  name: 'guardrail_proposal',
  agents: ['GuardrailCritic'],
  times: 'run',
  input: CritiqueInput,
  context: 'short',
  answer: CritiqueAnswer,
  maxTokens: 16_384,
  links: { finding: { to: [], when: 'for each span that a finding names' } },
});
