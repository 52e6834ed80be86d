import { type Attributes, numberOf, type Span, textOf } from '../model.ts';
import { jsonOf, payloadOf } from '../payload.ts';
import {
  criterionOf,
  earlier,
  hasContent,
  itemOf,
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
  /** What is judged, beside the criterion. */
  subject: 'agento.item.id' | 'agento.plan.id' | null;
  /** Has agento.criterion.status; its three values give the score. */
  hasStatus: boolean;
  /** Which criteria (and plans) must be judged; null where that cannot be told. */
  expected(span: Span, module: ModuleRun): string[] | null;
}

const verdicts: VerdictSpec[] = [
  {
    module: 1,
    span: 'criteria_evaluation',
    name: 'criterion_fit',
    subject: null,
    hasStatus: false,
    expected: (span) => {
      const candidates = jsonOf(textOf(span.attributes, 'agento.decision.candidates'));
      return Array.isArray(candidates) ? candidates.map(({ id }) => String(id)) : null;
    },
  },
  {
    module: 2,
    span: 'plan_evaluation',
    name: 'plan_score',
    subject: 'agento.plan.id',
    hasStatus: false,
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
    subject: 'agento.item.id',
    hasStatus: false,
    expected: (span) => [`${criterionOf(span)} of ${textOf(span.attributes, 'agento.item.id')}`],
  },
  {
    module: 5,
    span: 'revision_evaluation',
    name: 'revision_criterion',
    subject: 'agento.item.id',
    hasStatus: true,
    expected: targetedCriteria,
  },
  {
    module: 5,
    span: 'quality_check',
    name: 'plan_criterion',
    subject: 'agento.plan.id',
    hasStatus: true,
    expected: (_span, module) => pickedCriteria(module),
  },
];

/** The criteria that the item's revision request names, from RevisionRequester's answer. */
function targetedCriteria(span: Span, module: ModuleRun): string[] | null {
  const requests = spansNamed(earlier(module, 4), 'revision_generation');
  const request = requests.find((other) => itemOf(other) === itemOf(span));
  const answer = jsonOf((request && payloadOf(request, 'ai.response'))?.text) as
    | { targeted_criteria?: unknown }
    | undefined;
  const targeted = answer?.targeted_criteria;
  return Array.isArray(targeted) ? targeted.map(String) : null;
}

const event = 'gen_ai.evaluation.result';
const statusScores: Record<string, number> = { fully_met: 1, partially_met: 0.5, not_met: 0 };

/** What each field of a verdict has to be, in words; null when it is right. */
function fieldProblem(spec: VerdictSpec, field: string, verdict: Attributes): string | null {
  const score = numberOf(verdict, 'gen_ai.evaluation.score.value');
  const label = textOf(verdict, 'gen_ai.evaluation.score.label');
  const status = textOf(verdict, 'agento.criterion.status');
  switch (field) {
    case 'gen_ai.evaluation.name':
      return verdict[field] === spec.name ? null : `must be ${spec.name}`;
    case 'gen_ai.evaluation.score.value':
      if (score === null || score < 0 || score > 1) return 'must be a number from 0 to 1';
      return spec.hasStatus && statusScores[status] !== undefined && statusScores[status] !== score
        ? `is ${score}: ${status} gives ${statusScores[status]}`
        : null;
    case 'gen_ai.evaluation.score.label':
      if (label !== 'pass' && label !== 'fail') return 'must be pass or fail';
      if (spec.hasStatus)
        return (label === 'pass') === (status === 'fully_met') ? null : `is ${label} for ${status}`;
      if (spec.name !== 'plan_score' || score === null) return null;
      return (label === 'pass') === score >= 0.5
        ? null
        : `is ${label} for a score of ${score}: a plan passes from 0.5`;
    case 'agento.criterion.status':
      return statusScores[status] === undefined ? 'must be fully_met, partially_met or not_met' : null;
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
    'agento.criterion.id',
    ...(spec.subject ? [spec.subject] : []),
    ...(spec.hasStatus ? ['agento.criterion.status'] : []),
  ];
}

function rulesOf(spec: VerdictSpec): Rule[] {
  const base = { module: spec.module, where: spec.span };
  const name = `module${spec.module}.${spec.span}`;
  const asked = (span: Span, field: string) => hasContent(span) || field !== 'gen_ai.evaluation.explanation';
  const presence: Rule = {
    ...base,
    name: `${name}.evaluation_result`,
    requires: `one event ${event} for each thing judged`,
    subject: { kind: 'event', event },
    check: (run) =>
      judged(run, spec).flatMap(({ span, module }): Problem[] => {
        const given = verdictsOf(span).map((verdict) => keyOf(spec, verdict));
        if (given.length === 0) return [{ span, detail: `no event ${event}` }];
        const lacking = (spec.expected(span, module) ?? []).filter((key) => !given.includes(key));
        return lacking.map((key) => ({ span, detail: `no event ${event} for criterion ${key}` }));
      }),
  };
  const fields = fieldsOf(spec).map(
    (field): Rule => ({
      ...base,
      name: `${name}.evaluation_result.${field}`,
      requires: `event ${event} has ${field}`,
      subject: { kind: 'event', event, field },
      check: (run) =>
        judged(run, spec)
          .filter(({ span }) => asked(span, field))
          .flatMap(({ span }) =>
            verdictsOf(span).flatMap((verdict): Problem[] => {
              const problem = fieldProblem(spec, field, verdict);
              return problem === null ? [] : [{ span, detail: `${event}: ${field} ${problem}` }];
            }),
          ),
    }),
  );
  return [presence, ...fields];
}

function keyOf(spec: VerdictSpec, verdict: Attributes): string {
  const id = textOf(verdict, 'agento.criterion.id');
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

export const verdictRules: Rule[] = [...verdicts.flatMap(rulesOf), ...verdictAttributes()];
