import * as redaction from '@agento/redaction/opentelemetry';
import type { Span as ApiSpan, Attributes } from '@opentelemetry/api';
import type { Span } from '@opentelemetry/sdk-trace';
import { attribute } from './names.ts';
import { giveSettings, redactorOf, type Settings, settingsOf } from './settings.ts';

export { addRedactedEvent, noteRedactions, setRedactedAttribute } from '@agento/redaction/opentelemetry';

/** Assigns each span its settings, and redacts it accordingly: including the secrets of its run. */
export class RedactingProcessor extends redaction.RedactingProcessor {
  readonly #settings: Settings;

  constructor(settings: Settings) {
    super({
      redactor: (span) => redactorOf(span, settings),
      count: attribute.redactions,
      rules: attribute.redactionRules,
    });
    this.#settings = settings;
  }

  override onStart(span: Span): void {
    giveSettings(span, this.#settings);
  }
}

/** Removes secrets from attributes that are about to be set on the span. */
export function redactAttributes(span: ApiSpan, attributes: Attributes): void {
  redaction.redactAttributes(span, attributes, settingsOf(span).redactor);
}
