import * as redaction from '@agento/redaction/opentelemetry';
import type { TextMapPropagator } from '@opentelemetry/api';
import { currentRedactor } from './run-secrets.ts';

/** Drops what the run under way has learned, too. */
export class SecretFreePropagator extends redaction.SecretFreePropagator {
  constructor(propagator: TextMapPropagator) {
    super(propagator, () => currentRedactor());
  }
}
