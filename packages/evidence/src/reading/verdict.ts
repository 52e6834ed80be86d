import { type Attributes, numberOf, type RecordedSpan, textOf } from '../model.ts';
import { attemptOf, verdictsOf } from '../run.ts';

/** One judgement of one thing by one criterion or constraint. */
export interface Verdict {
  /** Of this reading: its kind, what was judged, and by what, as in `item_criterion p1-i1 c3`. */
  id: string;
  /** `criterion_fit`, `plan_score`, `item_criterion`, `baseline_criterion`, `revision_criterion`, … */
  kind: string;
  /** The judge's span and agent. */
  span_id: string;
  judge: string;
  /** One of the two is set. */
  criterion_id: string | null;
  constraint_id: string | null;
  item_id: string | null;
  plan_id: string | null;
  /** Of a revision's text: 0 is the original; null for other things. */
  attempt: number | null;
  /** Null if it says neither. */
  pass: boolean | null;
  /** 0 to 1. */
  score: number | null;
  /** The judge's word where it has a scale of words: `fully_met`, `not_shown`, … */
  status: string | null;
  /** Null while content is off. */
  explanation: string | null;
}

/** The verdicts of a judge's span, in the order given. */
export function verdictsIn(span: RecordedSpan): Verdict[] {
  return verdictsOf(span).map((verdict) => verdictOf(verdict, span));
}

function verdictOf(verdict: Attributes, span: RecordedSpan): Verdict {
  const id = (key: string) => textOf(verdict, `agento.${key}.id`) || null;
  const label = textOf(verdict, 'gen_ai.evaluation.score.label');
  const kind = textOf(verdict, 'gen_ai.evaluation.name');
  const [criterion_id, constraint_id] = [id('criterion'), id('constraint')];
  const [item_id, plan_id] = [id('item'), id('plan')];
  const attempt = attemptJudgedBy(span);
  const parts = [
    kind,
    plan_id,
    item_id,
    attempt === null ? null : `a${attempt}`,
    criterion_id ?? constraint_id,
  ];
  return {
    id: parts.filter((part) => part !== null && part !== '').join(' '),
    kind,
    span_id: span.span_id,
    judge: textOf(span.attributes, 'agent.name'),
    criterion_id,
    constraint_id,
    item_id,
    plan_id,
    attempt,
    pass: label === 'pass' ? true : label === 'fail' ? false : null,
    score: numberOf(verdict, 'gen_ai.evaluation.score.value'),
    status: textOf(verdict, 'agento.criterion.status') || textOf(verdict, 'agento.constraint.status') || null,
    explanation: textOf(verdict, 'gen_ai.evaluation.explanation') || null,
  };
}

/** The attempt whose text this span judges, 0 for the original; null if it judges something else. */
export function attemptJudgedBy(span: RecordedSpan): number | null {
  if (span.name === 'revision_baseline') return 0;
  return span.name === 'revision_evaluation' ? attemptOf(span) : null;
}
