import { type Attributes, numberOf, type Span, textOf } from '../model.ts';
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
import type { Problem, Rule } from './rule.ts';

interface VerdictSpec {
  module: number;
  span: string;
  /** Value of gen_ai.evaluation.name. */
  name: string;
  /** What it is judged by. */
  by: 'agento.criterion.id' | 'agento.constraint.id';
  /** What is judged, beside the criterion. */
  subject: 'agento.item.id' | 'agento.plan.id' | null;
  /** Where the judge tells three steps apart: their attribute, and what each counts for. */
  status: { key: string; scores: Record<string, number> } | null;
  /** Which criteria (and plans) must be judged; null where that cannot be told. */
  expected(span: Span, module: ModuleRun): string[] | null;
}

const byCriterion = 'agento.criterion.id';
const ofCriterion = {
  key: 'agento.criterion.status',
  scores: { fully_met: 1, partially_met: 0.5, not_met: 0 },
};

const verdicts: VerdictSpec[] = [
  {
    module: 1,
    span: 'criteria_evaluation',
    name: 'criterion_fit',
    by: byCriterion,
    subject: null,
    status: null,
    expected: (span) => {
      const candidates = jsonOf(textOf(span.attributes, 'agento.decision.candidates'));
      return Array.isArray(candidates) ? candidates.map(({ id }) => String(id)) : null;
    },
  },
  {
    module: 2,
    span: 'plan_evaluation',
    name: 'plan_score',
    by: byCriterion,
    subject: 'agento.plan.id',
    status: null,
    expected: (_span, module) => {
      const plans = spansNamed(module, 'plan_generation').map((span) =>
        textOf(span.attributes, 'agento.plan.id'),
      );
      return pickedCriteria(module)?.flatMap((id) => plans.map((plan) => `${id} of ${plan}`)) ?? null;
    },
  },
  {
    module: 3,
    span: 'expansion_evaluation',
    name: 'item_criterion',
    by: byCriterion,
    subject: 'agento.item.id',
    status: null,
    expected: (span) => [`${criterionOf(span)} of ${textOf(span.attributes, 'agento.item.id')}`],
  },
  {
    module: 5,
    span: 'revision_baseline',
    name: 'baseline_criterion',
    by: byCriterion,
    subject: 'agento.item.id',
    status: ofCriterion,
    expected: (_span, module) => pickedCriteria(module),
  },
  {
    module: 5,
    span: 'revision_evaluation',
    name: 'revision_criterion',
    by: byCriterion,
    subject: 'agento.item.id',
    status: ofCriterion,
    expected: (_span, module) => pickedCriteria(module),
  },
  {
    module: 5,
    span: 'quality_check',
    name: 'plan_criterion',
    by: byCriterion,
    subject: 'agento.plan.id',
    status: ofCriterion,
    expected: (_span, module) => pickedCriteria(module),
  },
  {
    module: 5,
    span: 'quality_check',
    name: 'constraint',
    by: 'agento.constraint.id',
    subject: 'agento.plan.id',
    status: { key: 'agento.constraint.status', scores: { kept: 1, not_shown: 0.5, broken: 0 } },
    expected: (_span, module) => foundConstraints(module),
  },
];

/** Ids of the constraints that module 1 found: code numbers them from k1. */
function foundConstraints(module: ModuleRun): string[] | null {
  const [extraction] = spansNamed(earlier(module, 1), 'constraint_extraction');
  const count = extraction && numberOf(extraction.attributes, 'agento.constraints.count');
  return count ? Array.from({ length: Math.min(count, 100) }, (_, index) => `k${index + 1}`) : [];
}

/** The verdicts of this kind on a span that may give others too. */
function verdictsFor({ by }: VerdictSpec, span: Span): Attributes[] {
  const isConstraint = by === 'agento.constraint.id';
  return verdictsOf(span).filter(
    (verdict) => (verdict['agento.constraint.id'] !== undefined) === isConstraint,
  );
}

const event = 'gen_ai.evaluation.result';

/** What each field of a verdict has to be, in words; null when it is right. */
function fieldProblem(spec: VerdictSpec, field: string, verdict: Attributes): string | null {
  const score = numberOf(verdict, 'gen_ai.evaluation.score.value');
  const label = textOf(verdict, 'gen_ai.evaluation.score.label');
  const status = spec.status === null ? '' : textOf(verdict, spec.status.key);
  const worth = spec.status?.scores[status];
  switch (field) {
    case 'gen_ai.evaluation.name':
      return verdict[field] === spec.name ? null : `must be ${spec.name}`;
    case 'gen_ai.evaluation.score.value':
      if (score === null || score < 0 || score > 1) return 'must be a number from 0 to 1';
      return worth !== undefined && worth !== score ? `is ${score}: ${status} gives ${worth}` : null;
    case 'gen_ai.evaluation.score.label':
      if (label !== 'pass' && label !== 'fail') return 'must be pass or fail';
      if (spec.status) return (label === 'pass') === (worth === 1) ? null : `is ${label} for ${status}`;
      if (spec.name !== 'plan_score' || score === null) return null;
      return (label === 'pass') === score >= 0.5
        ? null
        : `is ${label} for a score of ${score}: a plan passes from 0.5`;
    case spec.status?.key:
      return worth === undefined
        ? `must be one of ${Object.keys(spec.status?.scores ?? {}).join(', ')}`
        : null;
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
    // A verdict without this is taken for one by a criterion, and missed.
    ...(spec.by === byCriterion ? [spec.by] : []),
    ...(spec.subject ? [spec.subject] : []),
    ...(spec.status ? [spec.status.key] : []),
  ];
}

function rulesOf(spec: VerdictSpec): Rule[] {
  const base = { module: spec.module, where: spec.span };
  const kind = spec.by === byCriterion ? 'evaluation_result' : 'constraint_result';
  const name = `module${spec.module}.${spec.span}.${kind}`;
  const asked = (span: Span, field: string) => hasContent(span) || field !== 'gen_ai.evaluation.explanation';
  const presence: Rule = {
    ...base,
    name,
    requires: `one event ${event} for each thing judged`,
    subject: { kind: 'event', event, having: spec.by },
    check: (run) =>
      judged(run, spec).flatMap(({ span, module }): Problem[] => {
        const given = verdictsFor(spec, span).map((verdict) => keyOf(spec, verdict));
        if (given.length === 0 && spec.by === byCriterion) return [{ span, detail: `no event ${event}` }];
        const lacking = (spec.expected(span, module) ?? []).filter((key) => !given.includes(key));
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
            verdictsFor(spec, span).flatMap((verdict): Problem[] => {
              const problem = fieldProblem(spec, field, verdict);
              return problem === null ? [] : [{ span, detail: `${event}: ${field} ${problem}` }];
            }),
          ),
    }),
  );
  return [presence, ...fields];
}

function keyOf(spec: VerdictSpec, verdict: Attributes): string {
  const id = textOf(verdict, spec.by);
  const subject = spec.module === 2 || spec.module === 3 ? spec.subject : null;
  return subject ? `${id} of ${textOf(verdict, subject)}` : id;
}

/** expansion_evaluation gives one verdict, which stands as attributes too. */
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
          .map(({ span }) => ({ span, detail: `attribute ${key} is missing or not that of its ${event}` })),
    }),
  );
  return [
    ...rules,
    {
      name: 'module3.expansion_evaluation.one_verdict',
      module: 3,
      where: spec.span,
      requires: 'one verdict, with agento.verdict.pass saying the same',
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
            detail: 'it has several verdicts, or agento.verdict.pass says otherwise',
          })),
    },
  ];
}

const judging = new Set([
  'expansion_evaluation',
  'deficiency_analysis',
  'revision_validation',
  'revision_baseline',
  'revision_evaluation',
  'quality_check',
]);

/** A run goes on without a judgement that could not be had; with too many of them it says little. */
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
            detail: `${lost.length} of ${all.length} judgements could not be had: this one is the first`,
          },
        ]
      : [];
  },
};

export const verdictRules: Rule[] = [...verdicts.flatMap(rulesOf), ...verdictAttributes(), mostNotJudged];
