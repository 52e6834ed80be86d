import { chain, limits, RunLimits, StopAfter } from '@agento/contracts';
import Type, { type Static } from 'typebox';
import { auditRules, severities } from '../audit/index.ts';
import { metricNames } from './metrics.ts';

const Name = Type.String({
  minLength: 1,
  maxLength: 60,
  pattern: '^[a-z0-9][a-z0-9-]*$',
  description: 'Lower-case letters, digits and hyphens: part of keys and file names',
});
const Metric = Type.Enum([...metricNames], { type: 'string' });
const Outcome = Type.Enum(['published', 'held', 'stopped', 'failed', 'cancelled'], { type: 'string' });

const Rule = Type.Enum(
  auditRules.map(({ id }) => id),
  { type: 'string' },
);

/** The rules of the audit that must find nothing: these, or all that are so severe. */
export const AuditCheck = Type.Object(
  {
    rules: Type.Optional(Type.Array(Rule, { minItems: 1 })),
    fail_on: Type.Optional(Type.Enum([...severities], { type: 'string' })),
  },
  { additionalProperties: false },
);
export type AuditCheck = Static<typeof AuditCheck>;

/** What must be true of every run of a goal; with `noisy`, of as many as in the baseline. It has one of the first fields. */
export const Check = Type.Object(
  {
    metric: Type.Optional(Metric),
    must: Type.Optional(Type.String({ minLength: 1, description: 'In the final plan; `/…/` is a pattern' })),
    must_not: Type.Optional(Type.String({ minLength: 1 })),
    outcome: Type.Optional(Type.Array(Outcome, { minItems: 1 })),
    audit: Type.Optional(AuditCheck),
    at_least: Type.Optional(Type.Number()),
    at_most: Type.Optional(Type.Number()),
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    noisy: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);
export type Check = Static<typeof Check>;

/** A number of the runs that is held against the baseline. */
export const Comparison = Type.Object(
  {
    metric: Metric,
    better: Type.Optional(Type.Enum(['higher', 'lower', 'same'], { type: 'string' })),
    least: Type.Optional(
      Type.Number({ minimum: 0, description: 'The smallest change for the worse that matters' }),
    ),
    exact: Type.Optional(
      Type.Boolean({ description: 'It has no noise: any such change fails, without a test' }),
    ),
  },
  { additionalProperties: false },
);
export type Comparison = Static<typeof Comparison>;

/** What module 1 is sent besides goal and context. */
const Options = Type.Object(
  {
    stop_after: Type.Optional({ ...StopAfter, minimum: 1, maximum: chain.length }),
    limits: Type.Optional(RunLimits),
  },
  { additionalProperties: false },
);

const Budget = Type.Object(
  {
    cost_usd: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
    seconds: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
  },
  { additionalProperties: false },
);

export const Repeats = Type.Integer({ minimum: 1, maximum: 100 });

export const Case = Type.Object(
  {
    id: Name,
    goal: Type.String({ minLength: 1, maxLength: limits.goal, pattern: '\\S' }),
    context: Type.Optional(Type.String({ maxLength: limits.context })),
    context_file: Type.Optional(
      Type.String({ minLength: 1, description: 'A text file, relative to the suite' }),
    ),
    repeats: Type.Optional(Repeats),
    options: Type.Optional(Options),
    checks: Type.Optional(Type.Array(Check)),
  },
  { additionalProperties: false },
);
export type Case = Static<typeof Case>;

/** What `agento eval` runs, and what must hold of the runs. */
export const Suite = Type.Object(
  {
    suite: Name,
    repeats: Type.Optional(Repeats),
    options: Type.Optional(Options),
    budgets: Type.Optional(
      Type.Object(
        { run: Type.Optional(Budget), suite: Type.Optional(Budget) },
        { additionalProperties: false },
      ),
    ),
    significance: Type.Optional(
      Type.Number({
        minimum: 0.0001,
        maximum: 0.2,
        description: 'How often, at most, runs that are no worse may fail the comparisons',
      }),
    ),
    checks: Type.Optional(Type.Array(Check)),
    compare: Type.Optional(Type.Array(Comparison)),
    goals: Type.Array(Case, { minItems: 1 }),
  },
  { additionalProperties: false },
);
export type Suite = Static<typeof Suite>;

/** Unless the suite says otherwise. */
export const usualSignificance = 0.01;

export function repeatsOf(suite: Suite, { repeats }: Case): number {
  return repeats ?? suite.repeats ?? 1;
}

export function optionsOf(suite: Suite, { options }: Case): Static<typeof Options> {
  return { ...suite.options, ...options };
}

/** Of all goals, then of this one. */
export function checksOf(suite: Suite, entry: Case): Check[] {
  return [...(suite.checks ?? []), ...(entry.checks ?? [])];
}
