/** Variables that would remove something from a trace, or disable it in a way that is not supported. */
const refused: [RegExp, string][] = [
  [
    /^OTEL_(SPAN_)?ATTRIBUTE_VALUE_LENGTH_LIMIT$/,
    'unset it: it would cut prompts and answers without a trace of it',
  ],
  [
    /^OTEL_(SPAN_|EVENT_|LINK_)?(ATTRIBUTE|EVENT|LINK)_COUNT_LIMIT$/,
    'unset it: what is over it would be missing from the trace without a trace of it',
  ],
  [
    /^OTEL_(EXPERIMENTAL_)?CONFIG_FILE$/,
    'unset it: no such file is read, and what it switches off would go on; set the variables instead',
  ],
];

/** Variables without effect here, and why; the last row is for unknown ones. */
const ignored: [RegExp, string][] = [
  [/^AGENTO_TRACE_SAMPLE_RATE$/, 'OTEL_TRACES_SAMPLER is set'],
  [/^OTEL_TRACES_SAMPLER$/, 'AGENTO_TRACE_SAMPLE_RATE is 0, and what is switched off stays off'],
  [/^OTEL_TRACES_SAMPLER_ARG$/, 'only OTEL_TRACES_SAMPLER=traceidratio and parentbased_traceidratio take it'],
  [/^OTEL_BSP_MAX_QUEUE_SIZE$/, 'spans wait in a queue that is bounded in bytes'],
  [
    /^OTEL_(METRICS_EXPORTER|METRIC_EXPORT_INTERVAL|EXPORTER_OTLP_METRICS_(ENDPOINT|HEADERS))$/,
    'metrics are sent by the services alone, with OTEL_METRICS_EXPORTER=otlp and an endpoint',
  ],
  [
    /^OTEL_(LOGS?|LOGRECORD|BLRP|EXPORTER_OTLP_LOGS)_(?!LEVEL$)/,
    'no logs are sent; the log is the standard output',
  ],
  [
    /^OTEL_EXPORTER_(ZIPKIN|JAEGER|OTLP_INSECURE|OTLP_TRACES_INSECURE)/,
    'spans are sent as OTLP, http/protobuf; with TLS where the endpoint begins with https://',
  ],
  [
    /^OTEL_(NODE_RESOURCE_DETECTORS|ENTITIES)$/,
    'a resource says of the machine only what OTEL_RESOURCE_ATTRIBUTES says',
  ],
  [
    /^OTEL_(NODE_(ENABLED|DISABLED)_INSTRUMENTATIONS|FASTIFY_IGNORE_PATHS)$/,
    'Agento chooses what is instrumented',
  ],
  [/^OTEL_/, 'no such variable is read'],
];

function reason(rows: [RegExp, string][], name: string): string | undefined {
  return rows.find(([pattern]) => pattern.test(name))?.[1];
}

/** Why these variables must not be set, one line for each that is rejected. */
export function refusals(names: string[]): string[] {
  return names.flatMap((name) => reason(refused, name)?.replace(/^/, `${name}: `) ?? []);
}

const oneName =
  'it would give all services one name; OTEL_SERVICE_NAME_PREFIX=Shop gives Shop-Module-1, Shop-Module-2, …';

/** What the services also reject: one name for all of them, and an exporter of what they do not send. */
export function refusalsOfServices(env: NodeJS.ProcessEnv): string[] {
  const problems: string[] = [];
  if (env.OTEL_SERVICE_NAME?.trim()) problems.push(`OTEL_SERVICE_NAME: unset it: ${oneName}`);
  if (/(^|,)\s*service\.name\s*=/.test(env.OTEL_RESOURCE_ATTRIBUTES ?? '')) {
    problems.push(`OTEL_RESOURCE_ATTRIBUTES: leave service.name out: ${oneName}`);
  }
  const logs = 'OTEL_LOGS_EXPORTER';
  if (!/^(none)?$/i.test(env[logs]?.trim() ?? '')) {
    problems.push(`${logs}: must be none, or unset: ${whyIgnored(logs)}`);
  }
  return problems;
}

/** Read or rejected by the services; the library takes the name from the first. */
const judged = /^OTEL_(SERVICE_NAME|METRICS_EXPORTER|LOGS_EXPORTER)$/;

/** Whether it is an OpenTelemetry variable that nothing here reads. */
export function isUnread(name: string): boolean {
  return name.startsWith('OTEL_') && !judged.test(name) && reason(refused, name) === undefined;
}

/** Why a variable has no effect. */
export function whyIgnored(name: string): string {
  return reason(ignored, name) ?? '';
}
