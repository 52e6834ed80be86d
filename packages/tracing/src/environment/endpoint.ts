import { EnvironmentError, urlBelow } from '@agento/contracts';
import { withoutCredentials } from '@agento/redaction';

/** The variables that name a collector; the last one set wins. */
export const endpointNames = [
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_ENDPOINT',
  'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
] as const;

/** The value that disables export. */
export function isDisabled(endpoint: string): boolean {
  return endpoint.toLowerCase() === 'disabled';
}

/** The full URL spans are sent to; null when export is disabled or no endpoint is set. */
export function tracesUrlOf(values: Record<(typeof endpointNames)[number], string>): string | null {
  // The SDK would resolve a host named "disabled": check for that value before building any URL.
  if (endpointNames.some((name) => isDisabled(values[name]))) return null;
  const name = endpointNames.findLast((candidate) => values[candidate] !== '');
  return name ? urlOf(name, values[name], '/v1/traces') : null;
}

/** The full URL metrics are sent to, likewise. */
export function metricsUrlOf(values: {
  OTEL_EXPORTER_OTLP_ENDPOINT: string;
  OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: string;
}): string | null {
  if (Object.values(values).some(isDisabled)) return null;
  const own = 'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT';
  const name = values[own] ? own : 'OTEL_EXPORTER_OTLP_ENDPOINT';
  return values[name] ? urlOf(name, values[name], '/v1/metrics') : null;
}

/** The path is added to the base URL alone. */
function urlOf(name: string, value: string, path: string): string {
  const problem = endpointProblem(value);
  if (problem) throw new EnvironmentError([`${name}=${shownEndpoint(value)}: ${problem}`]);
  return name === 'OTEL_EXPORTER_OTLP_ENDPOINT' ? urlBelow(value, path) : value;
}

/** What is wrong with a collector's address; null if nothing is. */
export function endpointProblem(value: string): string | null {
  if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol)) {
    return 'must be an http:// or https:// URL, or disabled';
  }
  if (/[\s#]/.test(value)) return 'must not contain # or spaces';
  return new URL(value).port === '4317'
    ? 'port 4317 speaks gRPC; spans are sent as http/protobuf, usually to port 4318'
    : null;
}

/** An address for an error message: without credentials, even if it is not a URL, and at most one line. */
export function shownEndpoint(value: string): string {
  const shown = URL.canParse(value) && /^https?:/i.test(value) ? withoutCredentials(value) : value;
  return shown !== value || !/[@?]/.test(value) ? shown.slice(0, 200) : '…';
}
