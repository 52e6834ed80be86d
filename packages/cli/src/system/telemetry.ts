import { readTelemetryEnvironment } from '@agento/tracing/variables';
import { isSet } from '../environment.ts';

/** Where spans go: the full URL, or null where export is off. */
export interface Telemetry {
  url: string | null;
  embedded: boolean;
}

/** Where the services will send spans, as they read it; to the embedded receiver where no collector is named. */
export function telemetryOf(env: NodeJS.ProcessEnv, receiver: string): Telemetry {
  const named = ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_ENDPOINT'].some(
    (name) => isSet(env, name),
  );
  if (!named) return { url: `${receiver}/v1/traces`, embedded: true };
  return { url: readTelemetryEnvironment(env).tracesUrl, embedded: false };
}
