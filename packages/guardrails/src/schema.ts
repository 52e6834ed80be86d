import Type, { type Static } from 'typebox';

const strict = { additionalProperties: false };
const Path = (description: string) =>
  Type.String({ minLength: 1, maxLength: 200, pattern: '^[A-Za-z_][\\w.[\\]]*$', description });
const Names = (description: string) =>
  Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { minItems: 1, maxItems: 50, description });
const Patterns = Type.Array(Type.String({ minLength: 1, maxLength: 1_000 }), { minItems: 1, maxItems: 50 });

const field = Path('Where it stands in the answer: `score`, `criteria[].rating` for each of a list');

/** A number, or each number of a list, is within limits. */
export const NumberCheck = Type.Object(
  {
    kind: Type.Literal('number'),
    field,
    least: Type.Optional(Type.Number()),
    most: Type.Optional(Type.Number()),
  },
  strict,
);

/** A text says something: it is not blank, and has so many words. */
export const TextCheck = Type.Object(
  {
    kind: Type.Literal('text'),
    field,
    least_words: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000, description: 'Default: 1' })),
    most_words: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
  },
  strict,
);

/** A text quotes what the agent was shown: it is a passage of it, or holds one in quotation marks. */
export const QuoteCheck = Type.Object(
  {
    kind: Type.Literal('quote'),
    field,
    source: Type.Array(Path('Where the source stands in what the agent is shown: `item.item_description`'), {
      minItems: 1,
      maxItems: 10,
    }),
    whole: Type.Optional(
      Type.Boolean({
        description: 'True: the whole text is the passage. Default: it holds one in quotation marks',
      }),
    ),
    least_words: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, description: 'Default: 3' })),
  },
  strict,
);

/** The numbers of a list differ: the highest is above the lowest by so much. */
export const SpreadCheck = Type.Object(
  {
    kind: Type.Literal('spread'),
    field,
    least: Type.Number({ exclusiveMinimum: 0 }),
    from: Type.Optional(
      Type.Integer({
        minimum: 2,
        maximum: 1_000,
        description: 'A shorter list is not judged. Default: 3',
      }),
    ),
  },
  strict,
);

/** A text, or every text of the answer, holds no forbidden pattern and each required one. */
export const PatternCheck = Type.Object(
  {
    kind: Type.Literal('pattern'),
    field: Type.Optional(field),
    forbid: Type.Optional(Patterns),
    require: Type.Optional(Patterns),
    ignore_case: Type.Optional(Type.Boolean({ description: 'Default: true' })),
  },
  strict,
);

/** Two judgements of the same thing differ by so much at most. */
export const AgreementCheck = Type.Object(
  {
    kind: Type.Literal('agreement'),
    field,
    by: Type.Optional(Path('The field beside it that says what is judged: its pairs are compared')),
    with: Type.Object(
      {
        in: Type.Enum(['answer', 'input'], { type: 'string' }),
        field: Path('Where the other judgement stands'),
        by: Type.Optional(Path('The field beside it that says the same')),
      },
      strict,
    ),
    most: Type.Number({ minimum: 0, description: 'Most by which they may differ' }),
    values: Type.Optional(
      Type.Record(Type.String({ maxLength: 100 }), Type.Number(), {
        description: 'What words of a judgement are worth: `fully_met: 100`',
      }),
    ),
  },
  strict,
);

export const Check = Type.Union([
  NumberCheck,
  TextCheck,
  QuoteCheck,
  SpreadCheck,
  PatternCheck,
  AgreementCheck,
]);
export type Check = Static<typeof Check>;

/** `warn` notes it, `repair` has the agent answer again once, `block` ends the run. */
export const Action = Type.Enum(['warn', 'repair', 'block'], { type: 'string' });
export type Action = Static<typeof Action>;

export const Guardrail = Type.Object(
  {
    id: Type.String({ pattern: '^[a-z0-9][a-z0-9_-]{0,79}$' }),
    description: Type.String({ minLength: 1, maxLength: 1_000, pattern: '\\S' }),
    action: Action,
    steps: Type.Optional(Names('Only answers of these steps')),
    agents: Type.Optional(Names('Only answers of these agents')),
    modules: Type.Optional(
      Type.Array(Type.Integer({ minimum: 1 }), { minItems: 1, maxItems: 50, description: 'Only in these' }),
    ),
    answers: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
        maxItems: 50,
        description: 'Findings it was proposed for: of no effect',
      }),
    ),
    check: Check,
  },
  strict,
);
export type Guardrail = Static<typeof Guardrail>;

/** A file of guardrails. */
export const GuardrailFile = Type.Object(
  {
    version: Type.Literal(1),
    guardrails: Type.Array(Guardrail, { minItems: 1, maxItems: 100 }),
  },
  strict,
);
export type GuardrailFile = Static<typeof GuardrailFile>;

/** The schema of each kind of check. */
export const checks: Record<Check['kind'], Type.TObject> = {
  number: NumberCheck,
  text: TextCheck,
  quote: QuoteCheck,
  spread: SpreadCheck,
  pattern: PatternCheck,
  agreement: AgreementCheck,
};
