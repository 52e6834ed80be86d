import {
  choice,
  EnvironmentError,
  flag,
  integer,
  number,
  optionalChoice,
  optionalInteger,
  optionalNumber,
  readEnvironment,
  readProxies,
  strictFlag,
  text,
} from '@agento/contracts';
import { endpointNames, isDisabled, metricsUrlOf, tracesUrlOf } from './environment/endpoint.ts';
import { readHeaders } from './environment/headers.ts';
import { exporters, metricsExporters, propagators } from './environment/lists.ts';
import { readResourceAttributes } from './environment/resource-attributes.ts';
import { chooseSampler, type SamplerChoice, samplerNames } from './environment/sampler.ts';
import { readTls } from './environment/tls.ts';
import { isUnread, refusals, refusalsOfServices, whyIgnored } from './environment/unread.ts';
import { resourceAttribute } from './names.ts';

const protocols = ['http/protobuf'] as const;
const compressions = ['gzip', 'none'] as const;
const timeout: [number, number] = [1, 600_000];

/** Telemetry's environment variables. An empty one counts as unset. */
export const telemetryVariables = {
  OTEL_SDK_DISABLED: strictFlag('true: no spans are created'),
  OTEL_TRACES_EXPORTER: exporters,
  OTEL_EXPORTER_OTLP_ENDPOINT: text(
    '',
    'Collector’s base URL (http/protobuf, port 4318); `disabled`: no export, spans and ids are still created',
  ),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: text('', 'Full URL for traces; wins over the other two'),
  OTEL_ENDPOINT: text('', 'Full URL for traces; wins over the base URL'),
  OTEL_EXPORTER_OTLP_HEADERS: text('', 'Headers of each export request: key=value,key=value'),
  OTEL_EXPORTER_OTLP_TRACES_HEADERS: text('', 'More headers; these win over the above'),
  OTEL_EXPORTER_OTLP_PROTOCOL: choice('http/protobuf', protocols, 'The only protocol spoken'),
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: optionalChoice(protocols, 'The same for traces; takes precedence'),
  OTEL_EXPORTER_OTLP_COMPRESSION: choice(
    'gzip',
    compressions,
    'Compression of export requests: gzip or none',
  ),
  OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: optionalChoice(
    compressions,
    'The same for traces; takes precedence',
  ),
  OTEL_EXPORTER_OTLP_TIMEOUT: optionalInteger(timeout, 'Time limit of one export request, in ms'),
  OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: optionalInteger(timeout, 'The same for traces; takes precedence'),
  OTEL_EXPORTER_OTLP_CERTIFICATE: text('', 'PEM file of the trusted certificate authorities'),
  OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE: text('', 'The same for traces; takes precedence'),
  OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: text('', 'PEM file of the exporter’s own certificate (mTLS)'),
  OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE: text('', 'The same for traces; takes precedence'),
  OTEL_EXPORTER_OTLP_CLIENT_KEY: text('', 'PEM file of the key of that certificate'),
  OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY: text('', 'The same for traces; takes precedence'),
  OTEL_CONSOLE_EXPORT: flag(false, 'Print every span on the console as well, for debugging'),
  OTEL_TRACES_SAMPLER: optionalChoice(
    samplerNames,
    'Which traces are recorded; unset: AGENTO_TRACE_SAMPLE_RATE decides',
  ),
  OTEL_TRACES_SAMPLER_ARG: optionalNumber([0, 1], 'Share of traces the two traceidratio samplers record'),
  OTEL_RESOURCE_ATTRIBUTES: text('', 'Resource attributes besides Agento’s own: key=value,key=value'),
  OTEL_PROPAGATORS: propagators,
  OTEL_LOG_LEVEL: choice(
    'warn',
    ['none', 'error', 'warn', 'info', 'debug', 'verbose', 'all'],
    'Lowest level of OpenTelemetry’s own messages that is logged',
  ),
  OTEL_SERVICE_NAME_PREFIX: text('Agento', 'service.name is {prefix}-Module-{N}'),
  OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: choice(
    'SPAN_ONLY',
    ['SPAN_ONLY', 'NO_CONTENT'],
    'NO_CONTENT leaves out all content: goals, prompts, answers, reasons',
  ),
  OTEL_BSP_SCHEDULE_DELAY: integer(500, [10, 600_000], 'Longest time a span waits for its batch, in ms'),
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: integer(512, [1, 100_000], 'Most spans in one request'),
  OTEL_BSP_EXPORT_TIMEOUT: integer(10_000, [1, 600_000], 'Time limit of one export request, in ms'),
  DEPLOYMENT_ENV: text('development', resourceAttribute.environmentName),
  TRACE_LEGACY: flag(false, 'Write manual_traces.json beside the trace, while migrating from it'),
  TRACE_COMPRESSION_THRESHOLD: integer(50_000, [8_192, 1 << 30], 'Payloads over this many bytes are gzipped'),
  AGENTO_TRACING_ENABLED: flag(true, 'false: no spans are created'),
  AGENTO_TRACE_SAMPLE_RATE: number(1, [0, 1], 'Share of traces recorded, decided at the start of a trace'),
  AGENTO_SPOOL_MAX_BYTES: integer(
    268_435_456,
    [0, 2 ** 40],
    'Size limit in bytes of spans waiting on disk for the collector; 0: no spool',
  ),
};

/** Those of the services alone. */
export const metricsVariables = {
  OTEL_METRICS_EXPORTER: metricsExporters,
  OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: text(
    '',
    'Full URL for metrics; wins over the base URL, to which /v1/metrics is added',
  ),
  OTEL_EXPORTER_OTLP_METRICS_HEADERS: text('', 'More headers for metrics; these win over the general ones'),
  OTEL_METRIC_EXPORT_INTERVAL: integer(60_000, [1_000, 3_600_000], 'How often metrics are sent, in ms'),
};

export { endpointNames } from './environment/endpoint.ts';

export type TelemetryEnvironment = ReturnType<typeof readCommonEnvironment>;

/** Where and how often metrics are sent; the rest is as for spans. */
export interface MetricsTarget {
  url: string;
  headers: Record<string, string>;
  intervalMs: number;
}

/** Variables that are ignored if the one for traces is set. */
const overruled =
  /^OTEL_EXPORTER_OTLP_(PROTOCOL|COMPRESSION|TIMEOUT|CERTIFICATE|CLIENT_CERTIFICATE|CLIENT_KEY)$/;

/** Reads and checks telemetry's variables for a service; throws an EnvironmentError that names each wrong one. */
export function readTelemetryEnvironment(given: NodeJS.ProcessEnv) {
  const problems = refusalsOfServices(given);
  const read = <T>(reader: () => T): T | undefined => {
    try {
      return reader();
    } catch (error) {
      if (!(error instanceof EnvironmentError)) throw error;
      problems.unshift(...error.problems.filter((problem) => !problems.includes(problem)));
      return undefined;
    }
  };
  const metrics = read(() => readMetricsTarget(given));
  const environment = read(() => readCommonEnvironment(given));
  if (environment === undefined || metrics === undefined || problems.length > 0) {
    throw new EnvironmentError(problems);
  }
  const exporter = 'OTEL_METRICS_EXPORTER';
  const isRead = (line: string) => Object.keys(metricsVariables).some((name) => line.startsWith(`${name}:`));
  const ignored =
    metrics === 'without an endpoint'
      ? [...environment.ignored, `${exporter}: ${whyIgnored(exporter)}`]
      : environment.ignored.filter((line) => metrics === null || !isRead(line));
  return {
    ...environment,
    /** Where metrics are sent; null: nowhere. */
    metrics: environment.OTEL_SDK_DISABLED || metrics === 'without an endpoint' ? null : metrics,
    ignored,
  };
}

/** Null if no metrics are to be sent. */
function readMetricsTarget(given: NodeJS.ProcessEnv): MetricsTarget | 'without an endpoint' | null {
  const { OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_HEADERS } = telemetryVariables;
  const table = { OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_HEADERS, ...metricsVariables };
  const values = readEnvironment(table, given);
  if (!values.OTEL_METRICS_EXPORTER.otlp) return null;
  const { OTEL_EXPORTER_OTLP_ENDPOINT: base, OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: own } = values;
  const url = metricsUrlOf({ OTEL_EXPORTER_OTLP_ENDPOINT: base, OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: own });
  const problems: string[] = [];
  const headersOf = (name: 'OTEL_EXPORTER_OTLP_HEADERS' | 'OTEL_EXPORTER_OTLP_METRICS_HEADERS') =>
    readHeaders(name, values[name], problems);
  const headers = {
    ...headersOf('OTEL_EXPORTER_OTLP_HEADERS'),
    ...headersOf('OTEL_EXPORTER_OTLP_METRICS_HEADERS'),
  };
  if (problems.length > 0) throw new EnvironmentError(problems);
  if (url === null) return 'without an endpoint';
  return { url, headers, intervalMs: values.OTEL_METRIC_EXPORT_INTERVAL };
}

/** The same for the library, whose users have one service and name it as they like. */
export function readCommonEnvironment(given: NodeJS.ProcessEnv) {
  const env = { ...given };
  const isSet = (name: string) => Boolean(given[name]?.trim());
  for (const name of Object.keys(env)) {
    if (overruled.test(name) && isSet(name.replace('OTLP_', 'OTLP_TRACES_'))) delete env[name];
  }
  const values = readEnvironment(telemetryVariables, env);
  const named = Object.keys(given).filter(isSet).sort();
  const problems = refusals(named);
  const headers = {
    ...readHeaders('OTEL_EXPORTER_OTLP_HEADERS', values.OTEL_EXPORTER_OTLP_HEADERS, problems),
    ...readHeaders('OTEL_EXPORTER_OTLP_TRACES_HEADERS', values.OTEL_EXPORTER_OTLP_TRACES_HEADERS, problems),
  };
  const tls = readTls(values, problems);
  const resourceAttributes = readResourceAttributes(values.OTEL_RESOURCE_ATTRIBUTES, problems);
  if (problems.length > 0) throw new EnvironmentError(problems);
  const tracesUrl = tracesUrlOf(values);
  const exports = values.OTEL_TRACES_EXPORTER.otlp && !endpointNames.some((name) => isDisabled(values[name]));
  const sampler = chooseSampler(
    values.OTEL_TRACES_SAMPLER,
    values.OTEL_TRACES_SAMPLER_ARG,
    values.AGENTO_TRACE_SAMPLE_RATE,
  );
  const limits = [
    values.OTEL_EXPORTER_OTLP_TRACES_TIMEOUT ?? values.OTEL_EXPORTER_OTLP_TIMEOUT,
    isSet('OTEL_BSP_EXPORT_TIMEOUT') ? values.OTEL_BSP_EXPORT_TIMEOUT : null,
  ].filter((limit) => limit !== null);
  return {
    ...values,
    /** Whether spans are created: either of the two switches disables them. */
    enabled: values.AGENTO_TRACING_ENABLED && !values.OTEL_SDK_DISABLED,
    /** Whether spans, if created, are sent once an endpoint is known. */
    exports,
    /** The full URL spans are sent to; null if they are not sent, or no endpoint is set. */
    tracesUrl: exports ? tracesUrl : null,
    headers,
    tls,
    compression: values.OTEL_EXPORTER_OTLP_TRACES_COMPRESSION ?? values.OTEL_EXPORTER_OTLP_COMPRESSION,
    /** The smallest of the time limits that are set, each of which limits a request; null if none is. */
    exportTimeoutMs: limits.length > 0 ? Math.min(...limits) : null,
    proxies: readProxies(given),
    consoleExport: values.OTEL_CONSOLE_EXPORT || values.OTEL_TRACES_EXPORTER.console,
    sampler,
    resourceAttributes,
    deploymentEnvironment: isSet('DEPLOYMENT_ENV')
      ? values.DEPLOYMENT_ENV
      : (resourceAttributes[resourceAttribute.environmentName] ?? values.DEPLOYMENT_ENV),
    /** Variables that are set but have no effect, each with the reason. */
    ignored: named.flatMap((name) => ignoredBecause(name, values, sampler) ?? []),
  };
}

/** `NAME: why`; null if the variable has an effect. */
function ignoredBecause(
  name: string,
  values: { OTEL_TRACES_SAMPLER: SamplerChoice['name'] | null },
  sampler: SamplerChoice,
): string | null {
  const standardHolds = sampler.name === values.OTEL_TRACES_SAMPLER;
  const known = name in telemetryVariables;
  const overruledHere =
    (name === 'AGENTO_TRACE_SAMPLE_RATE' && standardHolds) ||
    (name === 'OTEL_TRACES_SAMPLER_ARG' && !values.OTEL_TRACES_SAMPLER?.endsWith('ratio')) ||
    (name === 'OTEL_TRACES_SAMPLER' && !standardHolds);
  if (known ? !overruledHere : !isUnread(name)) return null;
  return `${name}: ${whyIgnored(name)}`;
}
