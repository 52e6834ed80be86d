import type { Attributes, Span } from '@opentelemetry/api';
import { harmless } from './harmless.ts';
import { attribute, decisionAttribute, event } from './names.ts';
import { setKind } from './openinference.ts';
import { addContentEvent, redacted, toText } from './payload.ts';
import { settingsOf } from './settings.ts';

/** An option to choose from; `scores` maps names to numbers, with `total` (or `rating`). */
export interface Candidate {
  id: string;
  label: string;
  scores: Record<string, number>;
}

/** Why one option was chosen over another. */
export interface Decision {
  /** What is decided, such as `plan_selection`. */
  kind: string;
  candidates: Candidate[];
  chosen: string[];
  rejected: { id: string; reason: string }[];
  reason: string;
  /** Lowest total chosen minus highest total rejected; absent if nothing was chosen or nothing rejected. */
  margin?: number;
  tieBreak?: string;
}

/** A verdict on one subject against one criterion or constraint. */
export interface Verdict {
  /** The kind of verdict, such as `item_criterion`. */
  name: string;
  /** 0 to 1. */
  score: number;
  label: 'pass' | 'fail';
  explanation: string;
  criterionId?: string;
  constraintId?: string;
  itemId?: string;
  planId?: string;
  /** `gen_ai.response.id` of the call whose answer is judged; absent if code made what is judged of several. */
  responseId?: string | undefined;
  /** Of a criterion: fully_met, partially_met or not_met; of a constraint: kept, broken or not_shown. */
  status?: string;
}

/** The lead of the chosen over the rest, from the candidates' own scores. */
export function marginOf(candidates: Candidate[], chosen: string[], score: string): number | undefined {
  const of = (wanted: boolean) =>
    candidates
      .filter((candidate) => chosen.includes(candidate.id) === wanted)
      .map((candidate) => candidate.scores[score] ?? 0);
  const [inside, outside] = [of(true), of(false)];
  if (inside.length === 0 || outside.length === 0) return undefined;
  return round(Math.min(...inside) - Math.max(...outside));
}

/** Keeps sums of decimals readable: 0.30000000000000004 is 0.3. */
export function round(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}

/** Records the decision as the event `agento.decision` and as `agento.decision.*` attributes of the span. */
export function recordDecision(span: Span, decision: Decision): void {
  if (!span.isRecording()) return;
  harmless(() => {
    const { content } = settingsOf(span);
    // Of programs that are not typed, a part may be missing: the rest is recorded.
    const fields: Attributes = {
      kind: decision.kind,
      candidates: text(
        span,
        (decision.candidates ?? []).map(({ id, label, scores }) =>
          content ? { id, label, scores } : { id, scores },
        ),
      ),
      chosen: decision.chosen ?? [],
      rejected: text(
        span,
        (decision.rejected ?? []).map(({ id, reason }) => (content ? { id, reason } : { id })),
      ),
    };
    if (content) fields.reason = redacted(span, decision.reason);
    if (decision.margin !== undefined) fields.margin = decision.margin;
    if (content && decision.tieBreak !== undefined) fields.tie_break = redacted(span, decision.tieBreak);
    span.addEvent(event.decision, fields);
    for (const [key, value] of Object.entries(fields)) span.setAttribute(decisionAttribute(key), value ?? '');
  });
}

function text(span: Span, value: unknown): string {
  return redacted(span, toText(value));
}

function verdictFields(verdict: Verdict): Attributes {
  return {
    [attribute.evaluationName]: verdict.name,
    [attribute.evaluationScore]: verdict.score,
    [attribute.evaluationLabel]: verdict.label,
    ...(verdict.responseId !== undefined && { [attribute.genAiResponseId]: verdict.responseId }),
    ...(verdict.criterionId !== undefined && { [attribute.criterionId]: verdict.criterionId }),
    ...(verdict.constraintId !== undefined && { [attribute.constraintId]: verdict.constraintId }),
    ...(verdict.itemId !== undefined && { [attribute.itemId]: verdict.itemId }),
    ...(verdict.planId !== undefined && { [attribute.planId]: verdict.planId }),
    ...(verdict.status !== undefined && {
      [verdict.constraintId === undefined ? attribute.criterionStatus : attribute.constraintStatus]:
        verdict.status,
    }),
  };
}

/** Records a verdict as a `gen_ai.evaluation.result` event of the judge's span, which is an EVALUATOR by that. */
export function recordVerdict(span: Span, verdict: Verdict): void {
  setKind(span, 'EVALUATOR');
  harmless(() =>
    addContentEvent(
      span,
      event.evaluation,
      { [attribute.evaluationExplanation]: verdict.explanation },
      verdictFields(verdict),
    ),
  );
}

/** The same as attributes, for a span with a single verdict; an answer's id there would be that of the span's own. */
export function setVerdict(span: Span, verdict: Verdict): void {
  span.setAttributes(verdictFields({ ...verdict, responseId: undefined }));
  if (settingsOf(span).content) {
    span.setAttribute(attribute.evaluationExplanation, redacted(span, verdict.explanation));
  }
}

/** Whether an attempt addressed one suggestion, on the `revision_evaluation` that judged it. */
export function recordFeedback(
  span: Span,
  feedback: { suggestion_id: string; text: string; status: string; evidence: string },
): void {
  addContentEvent(
    span,
    event.feedback,
    { text: feedback.text, evidence: feedback.evidence },
    { suggestion_id: feedback.suggestion_id, status: feedback.status },
  );
}

/** The original text and the requested change, side by side. */
export function recordComparison(span: Span, original: string, suggested: string): void {
  addContentEvent(span, event.comparison, { original, suggested });
}

/** A guardrail's verdict, on its `validation` span. */
export function recordGuardrail(span: Span, name: string, problems: string[]): void {
  setKind(span, 'GUARDRAIL');
  span.setAttribute(attribute.guardrailName, name);
  span.setAttribute(attribute.guardrailPassed, problems.length === 0);
  if (settingsOf(span).content) {
    span.setAttribute(
      attribute.guardrailProblems,
      problems.map((problem) => redacted(span, problem)),
    );
  }
}
