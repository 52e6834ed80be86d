import { type Attributes, type RecordedSpan, textOf } from '../model.ts';
import { jsonOf, payloadOf } from '../payload.ts';
import { attemptOf, hasContent, judged, type ModuleRun, type RunTrace, spansNamed } from '../run.ts';
import type { Rule } from './rule.ts';

const feedbackFields = ['suggestion_id', 'text', 'status', 'evidence'];

/** The feedback on attempt 1, and how attempt 2 handled it. */
function adviceRules(): Rule[] {
  const spec = { module: 5, span: 'revision_evaluation' };
  const name = 'module5.revision_evaluation.agento.feedback';
  const base = { module: 5, where: 'revision_evaluation of attempt 2, …' };
  const later = (run: RunTrace) => judged(run, spec).filter(({ span }) => attemptOf(span) > 1);
  const given = (span: RecordedSpan) => span.events.filter((found) => found.name === 'agento.feedback');
  return [
    {
      ...base,
      name,
      requires: 'one event agento.feedback {suggestion_id, text, status, evidence} per suggestion',
      subject: { kind: 'event', event: 'agento.feedback' },
      check: (run) =>
        later(run)
          .map(({ span, module }) => ({
            span,
            asked: suggestionsFor(span, module),
            told: given(span).length,
          }))
          .filter(({ asked, told }) => told < asked)
          .map(({ span, asked, told }) => ({
            span,
            detail: `${told} events agento.feedback for ${asked} suggestions: record what became of each`,
          })),
    },
    ...feedbackFields.map(
      (field): Rule => ({
        ...base,
        name: `${name}.${field}`,
        requires: `event agento.feedback has ${field}`,
        subject: { kind: 'event', event: 'agento.feedback', field },
        check: (run) =>
          later(run)
            .filter(({ span }) => hasContent(span) || field === 'suggestion_id' || field === 'status')
            .flatMap(({ span }) =>
              given(span)
                .filter((found) => !feedbackFits(field, found.attributes))
                .map(() => ({ span, detail: `agento.feedback: ${field} is missing or invalid` })),
            ),
      }),
    ),
    {
      ...base,
      name: `${name}.quoted`,
      requires: "evidence is a passage of the attempt's own text",
      check: (run) =>
        later(run)
          .filter(({ span }) => hasContent(span))
          .flatMap(({ span, module }) => {
            const text = textOfAttempt(span, module);
            if (text === null || text.includes('***REDACTED***')) return [];
            // An attribute cannot hold a lone surrogate, which an answer may contain.
            const whole = text.toWellFormed();
            return given(span)
              .filter(({ attributes }) => !whole.includes(textOf(attributes, 'evidence').toWellFormed()))
              .map(({ attributes }) => ({
                span,
                detail: `the evidence for ${textOf(attributes, 'suggestion_id')} does not stand in the attempt's text`,
              }));
          }),
    },
  ];
}

/** How many suggestions the previous attempt received; at least one, if that is unknown. */
function suggestionsFor(evaluation: RecordedSpan, module: ModuleRun): number {
  const attemptAt = (span: RecordedSpan) =>
    module.spans.find((other) => other.span_id === span.parent_span_id);
  const own = attemptAt(evaluation);
  const before = spansNamed(module, 'revision_evaluation').find((span) => {
    const attempt = attemptAt(span);
    return attempt?.parent_span_id === own?.parent_span_id && attemptOf(span) === attemptOf(evaluation) - 1;
  });
  const answer = jsonOf((before && payloadOf(before, 'ai.response'))?.text) as
    | { improvement_suggestions?: unknown }
    | undefined;
  const suggestions = answer?.improvement_suggestions;
  return Array.isArray(suggestions) ? suggestions.length : 1;
}

function feedbackFits(field: string, feedback: Attributes): boolean {
  const value = feedback[field];
  const status = textOf(feedback, 'status');
  if (field === 'status') return ['addressed', 'partial', 'ignored'].includes(status);
  if (field === 'evidence') return typeof value === 'string' && (value === '') === (status === 'ignored');
  return typeof value === 'string' && value !== '';
}

/** The text the attempt wrote, from the model's answer; null if unknown. */
function textOfAttempt(evaluation: RecordedSpan, module: ModuleRun): string | null {
  const writer = module.spans.find(
    (span) =>
      span.parent_span_id === evaluation.parent_span_id && /^revision_(apply|refinement)$/.test(span.name),
  );
  const answer = jsonOf((writer && payloadOf(writer, 'ai.response'))?.text) as
    | { revised_text?: unknown }
    | undefined;
  return typeof answer?.revised_text === 'string' ? answer.revised_text : null;
}

export const feedbackRules: Rule[] = adviceRules();
