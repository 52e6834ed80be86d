import Type, { type Static } from 'typebox';

/** The worst first. */
export const severities = ['error', 'warning', 'note'] as const;
export type Severity = (typeof severities)[number];

/** What an audit found in one place, as `agento audit --json` writes it and `agento critique --findings` reads it. */
export const Finding = Type.Object({
  rule: Type.String({ minLength: 1, maxLength: 200 }),
  severity: Type.Enum([...severities], { type: 'string' }),
  /** The one that the rule answers. */
  question: Type.String({ maxLength: 2_000 }),
  run_id: Type.String({ maxLength: 200 }),
  trace_id: Type.String({ maxLength: 32 }),
  /** The step to look at; null where the run as a whole is meant. */
  span_id: Type.Union([Type.String({ maxLength: 32 }), Type.Null()]),
  /** One sentence. */
  message: Type.String(),
  /** The passages that show it. */
  texts: Type.Array(Type.Object({ name: Type.String(), text: Type.String() })),
  measure: Type.Object({ name: Type.String(), value: Type.Number() }),
  /** Of rules over many runs: how sure that is, in words. */
  sure: Type.Optional(Type.String()),
});
export type Finding = Static<typeof Finding>;

/** What a rule says of one place. */
export type Found = Omit<Finding, 'rule' | 'severity' | 'question'>;
