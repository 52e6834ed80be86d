import { EnvironmentError, urlBelow } from '@agento/contracts';
import { withoutCredentials } from '@agento/redaction';

/** The variables that name a collector; the last that is set counts. */
export const endpointNames = [
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_ENDPOINT',
  'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
] as const;

/** The word that switches export off. */
export function isDisabled(endpoint: string): boolean {
  return endpoint.toLowerCase() === 'disabled';
}

/** The full URL spans are sent to; null when export is disabled or no endpoint is set. */
export function tracesUrlOf(values: Record<(typeof endpointNames)[number], string>): string | null {
  // The SDK would resolve a host named "disabled": the word has to be looked at before any URL is built.
  if (endpointNames.some((name) => isDisabled(values[name]))) return null;
  const name = endpointNames.findLast((candidate) => values[candidate] !== '');
  if (!name) return null;
  const value = values[name];
  const problem = endpointProblem(value);
  if (problem) throw new EnvironmentError([`${name}=${shownEndpoint(value)}: ${problem}`]);
  return name === 'OTEL_EXPORTER_OTLP_ENDPOINT' ? urlBelow(value, '/v1/traces') : value;
}

/** What is wrong with a collector's address; null for a good one. */
export function endpointProblem(value: string): string | null {
  if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol)) {
    return 'must be an http:// or https:// URL, or disabled';
  }
  if (/[\s#]/.test(value)) return 'must not contain # or spaces';
  return new URL(value).port === '4317'
    ? 'port 4317 speaks gRPC; spans are sent as http/protobuf, usually to port 4318'
    : null;
}

/** An address for an error's text: without credentials, also where it is no URL, and not longer than a line. */
export function shownEndpoint(value: string): string {
  const shown = URL.canParse(value) && /^https?:/i.test(value) ? withoutCredentials(value) : value;
  return shown !== value || !/[@?]/.test(value) ? shown.slice(0, 200) : '…';
}
