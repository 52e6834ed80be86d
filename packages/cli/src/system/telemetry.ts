import { isSet } from '../environment.ts';

/** Where spans go: the full URL, or null where export is off. */
export interface Telemetry {
  url: string | null;
  embedded: boolean;
}

/** Variables that name a collector, later ones winning, as the services read them. */
const endpointVariables = [
  'AGENTCORE_OTLP_ENDPOINT',
  'AGENTO_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
  'OTEL_ENDPOINT',
];
const holdFullUrl = new Set(['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_ENDPOINT']);

/** Where the environment sends spans; to the embedded receiver where it names no collector. */
export function telemetryOf(env: NodeJS.ProcessEnv, receiver: string): Telemetry {
  const named = endpointVariables.filter((name) => isSet(env, name));
  const last = named.at(-1);
  if (last === undefined) return { url: tracesOf(receiver), embedded: true };
  if (named.some((name) => given(env, name).toLowerCase() === 'disabled'))
    return { url: null, embedded: false };
  const value = given(env, last);
  return { url: holdFullUrl.has(last) ? value : tracesOf(value), embedded: false };
}

function given(env: NodeJS.ProcessEnv, name: string): string {
  return env[name]?.trim() ?? '';
}

function tracesOf(base: string): string {
  return `${base.replace(/\/+$/, '')}/v1/traces`;
}
