import type { DecisionDefinition } from '@agento/contracts';
import { type Attributes, type AttributeValue, type RecordedSpan, textOf } from '../model.ts';
import { jsonOf } from '../payload.ts';
import { chosenOf, failed, hasContent, type RunTrace, spansNamed } from '../run.ts';
import type { Rule, Violation } from './rule.ts';
import { steps } from './steps.ts';

interface DecisionSpec extends DecisionDefinition {
  module: number;
  span: string;
}

/** Which span decides what; one decision per span. */
const decisions: DecisionSpec[] = steps.flatMap(({ module, name, decision }) =>
  decision ? [{ module, span: name, ...decision }] : [],
);

interface Candidate {
  id: string;
  label?: string;
  scores: Record<string, number>;
}

function candidatesOf(span: RecordedSpan): Candidate[] {
  const list = jsonOf(textOf(span.attributes, 'agento.decision.candidates'));
  return Array.isArray(list) ? list : [];
}

/** Lowest chosen minus highest rejected; null if nothing was chosen or nothing rejected. */
function marginOf(span: RecordedSpan, score: string): number | null {
  const chosen = chosenOf(span);
  const scores = (wanted: boolean) =>
    candidatesOf(span)
      .filter(({ id }) => chosen.includes(id) === wanted)
      .map(({ scores: own }) => own?.[score] ?? Number.NaN);
  const [inside, outside] = [scores(true), scores(false)];
  return inside.length > 0 && outside.length > 0 ? Math.min(...inside) - Math.max(...outside) : null;
}

const near = (a: number, b: number) => Math.abs(a - b) < 1e-4;

/** The requirement for each field; null if it is met. */
function fieldProblem(
  spec: DecisionSpec,
  field: string,
  value: AttributeValue | undefined,
  span: RecordedSpan,
): string | null {
  if (field === 'margin') {
    const margin = spec.hasMargin ? marginOf(span, spec.by) : null;
    if (margin === null) return null;
    if (typeof value !== 'number')
      return 'margin is missing: it is the lowest chosen less the highest rejected';
    return near(value, margin) ? null : `margin is ${value}: the recorded scores give ${margin}`;
  }
  if (field === 'tie_break') {
    const margin = spec.hasMargin ? marginOf(span, spec.by) : null;
    return margin !== null && near(margin, 0) && !value
      ? 'tie_break is missing although the margin is 0'
      : null;
  }
  if (value === undefined) return `${field} is missing`;
  if (field === 'kind')
    return value === spec.kind ? null : `kind is ${String(value)}: it must be ${spec.kind}`;
  if (field === 'reason') return value === '' ? 'reason is empty' : null;
  if (field === 'chosen') return Array.isArray(value) ? null : 'chosen must be a list of ids';
  const list = jsonOf(String(value));
  if (!Array.isArray(list)) return `${field} must be a JSON list`;
  return field === 'candidates' ? candidatesProblem(spec, list, span) : rejectedProblem(list, span);
}

function candidatesProblem(spec: DecisionSpec, list: Candidate[], span: RecordedSpan): string | null {
  if (list.length === 0) return 'candidates is empty';
  for (const { id, label, scores } of list) {
    if (typeof id !== 'string' || typeof scores !== 'object' || scores === null)
      return 'a candidate has no id or no scores';
    if (hasContent(span) && typeof label !== 'string') return `candidate ${id} has no label`;
    if (Object.values(scores).some((score) => typeof score !== 'number'))
      return `candidate ${id}: scores must be a flat map of numbers`;
    const { total, rating, ...rest } = scores;
    if (typeof scores[spec.by] !== 'number') return `candidate ${id}: scores has no ${spec.by}`;
    const parts = Object.values(rest);
    const mean = parts.reduce((sum, part) => sum + part, 0) / parts.length;
    if (rating === undefined && total !== undefined && parts.length > 0 && Math.abs(mean - total) > 1e-3) {
      return `candidate ${id}: total is ${total}, the mean of its scores is ${mean}`;
    }
  }
  return null;
}

function rejectedProblem(list: { id?: unknown; reason?: unknown }[], span: RecordedSpan): string | null {
  const chosen = new Set(chosenOf(span));
  const ids = list.map(({ id }) => id);
  const lost = candidatesOf(span).filter(({ id }) => !chosen.has(id) && !ids.includes(id));
  if (lost.length > 0) return `${lost.map(({ id }) => id).join(', ')} is neither chosen nor rejected`;
  const silent = list.find(({ reason }) => typeof reason !== 'string' || reason === '');
  return silent && hasContent(span) ? `rejected ${String(silent.id)} has no reason` : null;
}

const fields = ['kind', 'candidates', 'chosen', 'rejected', 'reason', 'margin', 'tie_break'];
const texts = new Set(['reason', 'tie_break']);

function rulesOf(spec: DecisionSpec): Rule[] {
  const spans = (run: RunTrace) =>
    run.modules
      .filter(({ number }) => number === spec.module)
      .flatMap((module) => spansNamed(module, spec.span))
      .filter((span) => !failed(span));
  const name = `module${spec.module}.${spec.span}.agento.decision`;
  const required = (field: string) => (field === 'margin' ? spec.hasMargin : field !== 'tie_break');
  const rule = (
    field: string,
    form: string,
    subject: NonNullable<Rule['subject']>,
    valuesOf: (span: RecordedSpan) => AttributeValue | undefined,
  ): Rule => ({
    name: `${name}.${field}${form}`,
    module: spec.module,
    where: spec.span,
    requires: `${form === '' ? 'attribute agento.decision.' : 'event agento.decision has '}${field}`,
    ...(required(field) && { subject }),
    check: (run) =>
      spans(run)
        .filter((span) => hasContent(span) || !texts.has(field))
        .flatMap((span): Violation[] => {
          const detail = fieldProblem(spec, field, valuesOf(span), span);
          return detail === null ? [] : [{ span, detail: `agento.decision: ${detail}` }];
        }),
  });
  return fields
    .filter((field) => spec.hasMargin || (field !== 'margin' && field !== 'tie_break'))
    .flatMap((field) => [
      rule(
        field,
        '',
        { kind: 'attribute', key: `agento.decision.${field}` },
        (span) => span.attributes[`agento.decision.${field}`],
      ),
      rule(
        field,
        '.event',
        { kind: 'event', event: 'agento.decision', field },
        (span) => decisionEvent(span)[field],
      ),
    ]);
}

function decisionEvent(span: RecordedSpan): Attributes {
  return span.events.find(({ name }) => name === 'agento.decision')?.attributes ?? {};
}

export const decisionRules: Rule[] = decisions.flatMap(rulesOf);
