import { asksModel, type Scale, subjects } from '@agento/contracts';
import { type Attributes, numberOf, type RecordedSpan, textOf } from '../model.ts';
import { jsonOf } from '../payload.ts';
import {
  criterionOf,
  earlier,
  hasContent,
  judged,
  type ModuleRun,
  pickedCriteria,
  spansNamed,
  verdictsOf,
} from '../run.ts';
import type { Rule, Violation } from './rule.ts';
import { steps } from './steps.ts';

interface VerdictSpec {
  module: number;
  span: string;
  /** Value of gen_ai.evaluation.name. */
  name: string;
  /** What it is judged by. */
  by: 'agento.criterion.id' | 'agento.constraint.id';
  /** What is judged, besides the criterion. */
  subject: string | null;
  /** The least score that passes, or the judge's verbal scale. */
  passes: number | Scale | undefined;
}

const verdicts: VerdictSpec[] = steps.flatMap(({ module, name: span, verdicts = {} }) =>
  Object.entries(verdicts).map(([name, { by, of, passes }]) => ({
    module,
    span,
    name,
    by: by === 'criterionId' ? ('agento.criterion.id' as const) : ('agento.constraint.id' as const),
    subject: of ? subjects[of].attribute : null,
    passes,
  })),
);

const byCriterion = 'agento.criterion.id';

/** What must be judged, if not every selected criterion; null if unknown. */
const expectedBy: Record<string, (span: RecordedSpan, module: ModuleRun) => string[] | null> = {
  criterion_fit: (span) => {
    const candidates = jsonOf(textOf(span.attributes, 'agento.decision.candidates'));
    return Array.isArray(candidates) ? candidates.map(({ id }) => String(id)) : null;
  },
  plan_score: (_span, module) => {
    const plans = spansNamed(module, 'plan_generation').map((span) =>
      textOf(span.attributes, 'agento.plan.id'),
    );
    return pickedCriteria(module)?.flatMap((id) => plans.map((plan) => `${id} of ${plan}`)) ?? null;
  },
};

function expected(spec: VerdictSpec, span: RecordedSpan, module: ModuleRun): string[] {
  const special = expectedBy[spec.name];
  if (special) return special(span, module) ?? [];
  if (spec.by !== byCriterion) return ofSubject(foundConstraints(module), spec.subject, span) ?? [];
  const own = criterionOf(span);
  const criteria = own === '' ? pickedCriteria(module) : [own];
  return ofSubject(criteria, spec.subject, span) ?? [];
}

function ofSubject(ids: string[] | null, subject: string | null, span: RecordedSpan): string[] | null {
  return ids && subject ? ids.map((id) => `${id} of ${textOf(span.attributes, subject)}`) : ids;
}

/** Ids of the constraints found by module 1: code numbers them from k1. */
function foundConstraints(module: ModuleRun): string[] | null {
  const [extraction] = spansNamed(earlier(module, 1), 'constraint_extraction');
  const count = extraction && numberOf(extraction.attributes, 'agento.constraints.count');
  return count ? Array.from({ length: Math.min(count, 100) }, (_, index) => `k${index + 1}`) : [];
}

/** The verdicts of this kind on a span that may give others too: told apart by their name if only that differs. */
function verdictsFor({ by, name, span: step, module }: VerdictSpec, span: RecordedSpan): Attributes[] {
  const isConstraint = by === 'agento.constraint.id';
  const others = verdicts.filter(
    (other) => other.span === step && other.module === module && other.by === by,
  );
  return verdictsOf(span).filter(
    (verdict) =>
      (verdict['agento.constraint.id'] !== undefined) === isConstraint &&
      (others.length === 1 || verdict['gen_ai.evaluation.name'] === name),
  );
}

const event = 'gen_ai.evaluation.result';

/** The requirement for each field of a verdict, in words; null if it is met. */
function fieldProblem(spec: VerdictSpec, field: string, verdict: Attributes): string | null {
  const score = numberOf(verdict, 'gen_ai.evaluation.score.value');
  const label = textOf(verdict, 'gen_ai.evaluation.score.label');
  const scale = typeof spec.passes === 'object' ? spec.passes : null;
  const status = scale === null ? '' : textOf(verdict, scale.attribute);
  const worth = scale?.scores[status];
  switch (field) {
    case 'gen_ai.evaluation.name':
      return verdict[field] === spec.name ? null : `must be ${spec.name}`;
    case 'gen_ai.evaluation.score.value':
      if (score === null || score < 0 || score > 1) return 'must be a number from 0 to 1';
      return worth !== undefined && worth !== score ? `is ${score}: ${status} gives ${worth}` : null;
    case 'gen_ai.evaluation.score.label':
      if (label !== 'pass' && label !== 'fail') return 'must be pass or fail';
      if (scale) return (label === 'pass') === (status === scale.passes) ? null : `is ${label} for ${status}`;
      if (typeof spec.passes !== 'number' || score === null) return null;
      return (label === 'pass') === score >= spec.passes
        ? null
        : `is ${label} for a score of ${score}: it passes from ${spec.passes}`;
    case scale?.attribute:
      return worth === undefined ? `must be one of ${Object.keys(scale?.scores ?? {}).join(', ')}` : null;
    default:
      return textOf(verdict, field) === '' ? 'is missing' : null;
  }
}

function fieldsOf(spec: VerdictSpec): string[] {
  return [
    'gen_ai.evaluation.name',
    'gen_ai.evaluation.score.value',
    'gen_ai.evaluation.score.label',
    'gen_ai.evaluation.explanation',
    // Not required of others: a verdict without its own key counts as one by a criterion, and is missed elsewhere.
    ...(spec.by === byCriterion ? [spec.by] : []),
    ...(spec.subject ? [spec.subject] : []),
    ...(typeof spec.passes === 'object' ? [spec.passes.attribute] : []),
  ];
}

function rulesOf(spec: VerdictSpec): Rule[] {
  const base = { module: spec.module, where: spec.span };
  const kind = spec.by === byCriterion ? 'evaluation_result' : 'constraint_result';
  const name = `module${spec.module}.${spec.span}.${kind}`;
  const asked = (span: RecordedSpan, field: string) =>
    hasContent(span) || field !== 'gen_ai.evaluation.explanation';
  const presence: Rule = {
    ...base,
    name,
    requires: `one event ${event} for each thing judged`,
    subject: { kind: 'event', event, having: spec.by },
    check: (run) =>
      judged(run, spec).flatMap(({ span, module }): Violation[] => {
        const given = verdictsFor(spec, span).map((verdict) => keyOf(spec, verdict));
        if (given.length === 0 && spec.by === byCriterion) return [{ span, detail: `no event ${event}` }];
        const lacking = expected(spec, span, module).filter((key) => !given.includes(key));
        return lacking.map((key) => ({
          span,
          detail: `no event ${event} for ${spec.by === byCriterion ? 'criterion' : 'constraint'} ${key}`,
        }));
      }),
  };
  const fields = fieldsOf(spec).map(
    (field): Rule => ({
      ...base,
      name: `${name}.${field}`,
      requires: `event ${event} has ${field}`,
      subject: { kind: 'event', event, field, having: spec.by },
      check: (run) =>
        judged(run, spec)
          .filter(({ span }) => asked(span, field))
          .flatMap(({ span }) =>
            verdictsFor(spec, span).flatMap((verdict): Violation[] => {
              const problem = fieldProblem(spec, field, verdict);
              return problem === null ? [] : [{ span, detail: `${event}: ${field} ${problem}` }];
            }),
          ),
    }),
  );
  return [presence, ...fields];
}

function keyOf({ by, subject }: VerdictSpec, verdict: Attributes): string {
  const id = textOf(verdict, by);
  return subject ? `${id} of ${textOf(verdict, subject)}` : id;
}

/** expansion_evaluation gives one verdict, repeated as attributes. */
function verdictAttributes(): Rule[] {
  const spec = { module: 3, span: 'expansion_evaluation' };
  const keys = ['name', 'score.value', 'score.label', 'explanation'].map((key) => `gen_ai.evaluation.${key}`);
  const rules = keys.map(
    (key): Rule => ({
      name: `module3.expansion_evaluation.${key}`,
      module: 3,
      where: spec.span,
      requires: `attribute ${key}: as in its ${event}`,
      subject: { kind: 'attribute', key },
      check: (run) =>
        judged(run, spec)
          .filter(({ span }) => hasContent(span) || key !== 'gen_ai.evaluation.explanation')
          .filter(
            ({ span }) =>
              span.attributes[key] === undefined ||
              verdictsOf(span).some((verdict) => verdict[key] !== span.attributes[key]),
          )
          .map(({ span }) => ({ span, detail: `attribute ${key} is missing or differs from its ${event}` })),
    }),
  );
  return [
    ...rules,
    {
      name: 'module3.expansion_evaluation.one_verdict',
      module: 3,
      where: spec.span,
      requires: 'one verdict, and agento.verdict.pass agrees with it',
      check: (run) =>
        judged(run, spec)
          .filter(({ span }) => {
            const [verdict, ...more] = verdictsOf(span);
            const pass = verdict?.['gen_ai.evaluation.score.label'] === 'pass';
            return (
              more.length > 0 ||
              (verdict !== undefined &&
                typeof span.attributes['agento.verdict.pass'] === 'boolean' &&
                pass !== span.attributes['agento.verdict.pass'])
            );
          })
          .map(({ span }) => ({
            span,
            detail: 'it has several verdicts, or agento.verdict.pass disagrees',
          })),
    },
  ];
}

const judging = new Set(steps.filter((step) => asksModel(step) && step.judges).map(({ name }) => name));

/** A run continues without a missing judgement; with too many missing it is worth little. */
const mostNotJudged: Rule = {
  name: 'trace.not_judged',
  module: null,
  where: [...judging].join(', '),
  requires: 'of the judgements at most one in ten is missing (its answer unusable, or declined)',
  check: ({ modules }) => {
    const all = modules
      .filter(({ whole }) => whole)
      .flatMap(({ spans }) => spans.filter(({ name }) => judging.has(name)));
    const lost = all.filter((span) =>
      ['answer_invalid', 'model_refused'].includes(textOf(span.attributes, 'error.type')),
    );
    const [first] = lost;
    return first && lost.length * 10 > all.length
      ? [
          {
            span: first,
            detail: `${lost.length} of ${all.length} judgements are missing; this is the first`,
          },
        ]
      : [];
  },
};

export const verdictRules: Rule[] = [...verdicts.flatMap(rulesOf), ...verdictAttributes(), mostNotJudged];
