import * as redaction from '@agento/redaction/opentelemetry';
import { type TextMapPropagator, trace } from '@opentelemetry/api';
import { settingsOf } from './settings.ts';

/** Also removes the secrets of the current run. */
export class SecretFreePropagator extends redaction.SecretFreePropagator {
  constructor(propagator: TextMapPropagator) {
    super(propagator, (context) => settingsOf(trace.getSpan(context)).redactor);
  }
}
