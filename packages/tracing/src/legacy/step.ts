import { type Attributes, context, type Span } from '@opentelemetry/api';
import { attribute } from '../names.ts';
import { withoutOrigin } from '../payload.ts';
import { scopeOf } from '../scope.ts';
import { settingsOf } from '../settings.ts';

/** One captured step, as its JSON text in the file. */
export interface LegacyStep {
  runId: string;
  /** Number of the attempt at the run, from 1. */
  attempt: number;
  traceId: string;
  json: string;
}

const subjects = {
  item_id: attribute.itemId,
  criterion_id: attribute.criterionId,
  plan_id: attribute.planId,
  attempt: attribute.attempt,
} as const;

/**
 * A captured step in the legacy file's form: redacted like the span's event, so that the two can be compared. Null
 * outside a run, and if the run's id is not a valid folder name.
 */
export function legacyStep(
  stage: string,
  captured: { inputs: unknown; outputs: unknown },
  span: Span,
): LegacyStep | null {
  const facts = factsOf(span);
  const runId = facts[attribute.runId];
  if (typeof runId !== 'string' || !/^[\w-]{1,128}$/.test(runId)) return null;
  const { traceId, spanId } = span.spanContext();
  const head = {
    stage,
    agent_name: facts[attribute.agentName],
    span_id: spanId,
    recorded_at: new Date().toISOString(),
    ...Object.fromEntries(Object.entries(subjects).map(([field, key]) => [field, facts[key]])),
  };
  const inputs = redactedJson(span, captured.inputs);
  const outputs = redactedJson(span, captured.outputs);
  const json = `${JSON.stringify(head).slice(0, -1)},"inputs":${inputs},"outputs":${outputs}}`;
  return { runId, attempt: Number(facts[attribute.runAttempt] ?? 1), traceId, json };
}

/** What a span says about itself; the context knows it too, if sampling has left the span empty. */
function factsOf(span: Span): Attributes {
  const { attributes } = span as { attributes?: Attributes };
  return { ...scopeOf(context.active()).attributes, ...attributes };
}

function redactedJson(span: Span, value: unknown): string {
  return settingsOf(span).redactor.text(withoutOrigin(value) || 'null').text;
}
