import * as redaction from '@agento/redaction/opentelemetry';
import type { Span as ApiSpan, Attributes } from '@opentelemetry/api';
import type { Span } from '@opentelemetry/sdk-trace';
import { attribute } from './names.ts';
import { bindToRun, currentRedactor } from './run-secrets.ts';

export { addReadEvent, noteRedactions, setRead } from '@agento/redaction/opentelemetry';

/** Reads each span also for what its run has learned. */
export class RedactingProcessor extends redaction.RedactingProcessor {
  constructor() {
    super({ redactor: currentRedactor, count: attribute.redactions, rules: attribute.redactionRules });
  }

  override onStart(span: Span): void {
    bindToRun(span);
  }
}

/** Removes secrets from attributes that are about to be set on the span. */
export function redactAttributes(span: ApiSpan, attributes: Attributes): void {
  redaction.redactAttributes(span, attributes, currentRedactor(span));
}
