import { choice, EnvironmentError, flag, integer, number, readEnvironment, text } from '@agento/contracts';

/** Telemetry's environment variables. An empty one counts as unset. */
export const telemetryVariables = {
  OTEL_EXPORTER_OTLP_ENDPOINT: text(
    '',
    'Collector’s base URL (http/protobuf, port 4318); `disabled`: no export, spans and ids are still made',
  ),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: text('', 'Full URL for traces; wins over the other two'),
  OTEL_ENDPOINT: text('', 'Full URL for traces; wins over the base URL'),
  OTEL_EXPORTER_OTLP_HEADERS: text('', 'Headers of each export request: key=value,key=value'),
  OTEL_EXPORTER_OTLP_PROTOCOL: choice('http/protobuf', ['http/protobuf'], 'The only protocol spoken'),
  OTEL_CONSOLE_EXPORT: flag(false, 'Print every span on the console as well, for debugging'),
  OTEL_SERVICE_NAME_PREFIX: text('Agento', 'service.name is {prefix}-Module-{N}'),
  OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: choice(
    'SPAN_ONLY',
    ['SPAN_ONLY', 'NO_CONTENT'],
    'NO_CONTENT leaves out all content: goals, prompts, answers, reasons',
  ),
  OTEL_BSP_SCHEDULE_DELAY: integer(500, [10, 600_000], 'Longest time a span waits for its batch, in ms'),
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: integer(512, [1, 100_000], 'Most spans in one request'),
  OTEL_BSP_EXPORT_TIMEOUT: integer(10_000, [1, 600_000], 'Time limit of one export request, in ms'),
  DEPLOYMENT_ENV: text('development', 'deployment.environment.name'),
  TRACE_LEGACY: flag(false, 'Write manual_traces.json beside the trace, while migrating from it'),
  TRACE_COMPRESSION_THRESHOLD: integer(50_000, [8_192, 1 << 30], 'Payloads over this many bytes are gzipped'),
  AGENTO_TRACING_ENABLED: flag(true, 'false: no spans are made at all'),
  AGENTO_TRACE_SAMPLE_RATE: number(1, [0, 1], 'Share of traces recorded, decided where a trace begins'),
  AGENTO_SPOOL_MAX_BYTES: integer(
    268_435_456,
    [0, 2 ** 40],
    'Most bytes of spans waiting on disk for the collector; 0: no spool',
  ),
};

export type TelemetryEnvironment = ReturnType<typeof readTelemetryEnvironment>;

const lengthLimits = ['OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT', 'OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT'];
const queueLimits = ['OTEL_BSP_MAX_QUEUE_SIZE'];

/** Reads and checks telemetry's variables; throws an EnvironmentError that names each wrong one. */
export function readTelemetryEnvironment(env: NodeJS.ProcessEnv) {
  const values = readEnvironment(telemetryVariables, env);
  const refused = lengthLimits.filter((name) => env[name]);
  if (refused.length > 0) {
    throw new EnvironmentError(
      refused.map((name) => `${name}: unset it: it would cut prompts and answers without a trace of it`),
    );
  }
  const ignored = queueLimits.filter((name) => env[name]);
  return {
    ...values,
    ignored,
    tracesUrl: tracesUrl(values),
    headers: headers(values.OTEL_EXPORTER_OTLP_HEADERS),
  };
}

/** The full URL spans are sent to; null when export is disabled or no endpoint is set. */
function tracesUrl(values: {
  OTEL_EXPORTER_OTLP_ENDPOINT: string;
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: string;
  OTEL_ENDPOINT: string;
}): string | null {
  const base = values.OTEL_EXPORTER_OTLP_ENDPOINT;
  const candidates: [string, string][] = [
    ['OTEL_EXPORTER_OTLP_ENDPOINT', base],
    ['OTEL_ENDPOINT', values.OTEL_ENDPOINT],
    ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', values.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT],
  ];
  // The SDK would resolve a host named "disabled": the word has to be looked at before any URL is built.
  if (candidates.some(([, value]) => value.toLowerCase() === 'disabled')) return null;
  const [name, value] = candidates.findLast(([, given]) => given !== '') ?? ['', ''];
  if (value === '') return null;
  const problem = endpointProblem(value);
  if (problem) throw new EnvironmentError([`${name}=${value}: ${problem}`]);
  return name === 'OTEL_EXPORTER_OTLP_ENDPOINT' ? `${value.replace(/\/+$/, '')}/v1/traces` : value;
}

/** What is wrong with a collector's address; null for a good one. */
export function endpointProblem(value: string): string | null {
  if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol)) {
    return 'must be an http:// or https:// URL, or disabled';
  }
  return new URL(value).port === '4317'
    ? 'port 4317 speaks gRPC; spans are sent as http/protobuf, usually to port 4318'
    : null;
}

function headers(given: string): Record<string, string> {
  return Object.fromEntries(
    given
      .split(',')
      .filter((pair) => pair.includes('='))
      .map((pair) => {
        const at = pair.indexOf('=');
        const name = pair.slice(0, at).trim();
        return [name, decoded(name, pair.slice(at + 1).trim())];
      }),
  );
}

/** The value of a header; it may be a secret, so that the error does not show it. */
function decoded(name: string, value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    throw new EnvironmentError([
      `OTEL_EXPORTER_OTLP_HEADERS: the value of ${name} is not percent-encoded: write % as %25`,
    ]);
  }
}
