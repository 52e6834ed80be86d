import { type Attributes, numberOf, type RecordedSpan, textOf } from '../model.ts';
import { jsonOf } from '../payload.ts';
import {
  attemptOf,
  chosenOf,
  judged,
  type ModuleRun,
  type RunTrace,
  spansNamed,
  verdictsOf,
} from '../run.ts';
import type { Rule, Violation } from './rule.ts';

/** Values a span repeats, or derives from other spans, agree: figures, verdicts and the decision based on them. */
function rule(
  module: number,
  where: string,
  requires: string,
  check: (span: RecordedSpan, run: ModuleRun) => string[],
): Rule {
  return {
    name: `module${module}.${where}.consistent`,
    module,
    where,
    requires,
    check: (run: RunTrace) =>
      judged(run, { module, span: where }).flatMap(({ span, module }): Violation[] =>
        check(span, module).map((detail) => ({ span, detail })),
      ),
  };
}

const near = (a: number, b: number) => Math.abs(a - b) < 1e-4;

/** Checks that an attribute, if present, has the value derived from something else. */
function follows(span: RecordedSpan, key: string, value: number | boolean, from: string): string[] {
  const own = span.attributes[key];
  if (own === undefined || own === value) return [];
  if (typeof own === 'number' && typeof value === 'number' && near(own, value)) return [];
  return [
    `${key} is ${String(own)}: ${from} ${typeof value === 'number' ? `give ${value}` : `say ${value}`}`,
  ];
}

const statusOf = (verdict: Attributes) =>
  textOf(verdict, 'agento.criterion.status') || textOf(verdict, 'agento.constraint.status');

function gate(span: RecordedSpan): string[] {
  const verdicts = verdictsOf(span);
  const constraints = verdicts.filter((verdict) => verdict['agento.constraint.id'] !== undefined);
  const criteria = verdicts.filter((verdict) => verdict['agento.constraint.id'] === undefined);
  const broken = constraints.filter((verdict) => statusOf(verdict) === 'broken').length;
  const share =
    criteria.filter((verdict) => statusOf(verdict) === 'fully_met').length / Math.max(1, criteria.length);
  const isPublished = chosenOf(span).includes('publish');
  const mayBe = broken === 0 && share > 0.5;
  return [
    ...(isPublished === mayBe
      ? []
      : [
          `it decided to ${isPublished ? 'publish' : 'hold'}, but its verdicts imply ${mayBe ? 'publish' : 'hold'}`,
        ]),
    ...follows(span, 'agento.quality.publish', isPublished, 'its decision'),
    ...follows(span, 'agento.quality.broken_constraints', broken, 'its verdicts'),
    ...follows(span, 'agento.quality.share_met', share, 'its verdicts'),
  ];
}

interface Candidate {
  id: string;
  scores?: Record<string, number>;
}

/** Each candidate for acceptance has the scores of its own verdicts. */
function acceptance(span: RecordedSpan, module: ModuleRun): string[] {
  const candidates = jsonOf(textOf(span.attributes, 'agento.decision.candidates'));
  const below = (name: string) => spansNamed(module, name).filter((other) => isBelow(other, span, module));
  const judgements = new Map<string, RecordedSpan>([
    ...below('revision_baseline').map((judge) => ['original', judge] as const),
    ...below('revision_evaluation').map((judge) => [`attempt-${attemptOf(judge)}`, judge] as const),
  ]);
  const accepted = /^attempt-(\d+)$/.exec(chosenOf(span)[0] ?? '')?.[1] ?? '0';
  return [
    ...follows(span, 'agento.attempt.accepted', Number(accepted), 'its decision'),
    ...(Array.isArray(candidates) ? (candidates as Candidate[]) : []).flatMap(({ id, scores = {} }) => {
      const judge = judgements.get(id);
      return verdictsOf(judge ?? { ...span, events: [] })
        .filter((verdict) => {
          const score = numberOf(verdict, 'gen_ai.evaluation.score.value');
          const own = scores[textOf(verdict, 'agento.criterion.id')];
          return score !== null && (own === undefined || !near(own, score));
        })
        .map(
          (verdict) =>
            `candidate ${id}: its score on ${textOf(verdict, 'agento.criterion.id')} differs from that of ${judge?.name} ${judge?.span_id}`,
        );
    }),
  ];
}

function isBelow(span: RecordedSpan, above: RecordedSpan, module: ModuleRun): boolean {
  if (span.parent_span_id === above.span_id) return true;
  const parent = module.spans.find((other) => other.span_id === span.parent_span_id);
  return parent?.parent_span_id === above.span_id;
}

function counts(span: RecordedSpan, module: ModuleRun): string[] {
  const judges = spansNamed(module, 'expansion_evaluation').filter(
    (judge) => judge.parent_span_id === span.span_id,
  );
  const labelled = (label: string) =>
    judges.filter((judge) =>
      verdictsOf(judge).some((verdict) => verdict['gen_ai.evaluation.score.label'] === label),
    ).length;
  const failed = labelled('fail');
  const from = 'the verdicts below it';
  return [
    ...follows(span, 'agento.verdicts.count', judges.length, from),
    ...follows(span, 'agento.verdicts.fail_count', failed, from),
    ...follows(span, 'agento.verdicts.not_judged_count', judges.length - failed - labelled('pass'), from),
  ];
}

export const consistencyRules: Rule[] = [
  rule(3, 'plan_expansion', 'its counts match the verdicts below it', counts),
  rule(
    5,
    'revision_implementation',
    'each candidate has the scores that its judge gave, and agento.attempt.accepted is the one chosen',
    acceptance,
  ),
  rule(5, 'quality_check', 'decision, figures and verdicts agree', gate),
];
