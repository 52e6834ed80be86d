import { endpointNames, readTelemetryEnvironment } from '@agento/tracing/variables';
import { isSet } from '../environment.ts';

/** Where spans go: the full URL, or null where export is off. */
export interface SpanTarget {
  url: string | null;
  embedded: boolean;
}

/** Where the services will send spans, as they read it; to the embedded receiver where no collector is named. */
export function spanTargetOf(env: NodeJS.ProcessEnv, receiver: string): SpanTarget {
  const { enabled, exports, tracesUrl } = readTelemetryEnvironment(env);
  if (!enabled || !exports) return { url: null, embedded: false };
  const named = endpointNames.some((name) => isSet(env, name));
  return named ? { url: tracesUrl, embedded: false } : { url: `${receiver}/v1/traces`, embedded: true };
}
