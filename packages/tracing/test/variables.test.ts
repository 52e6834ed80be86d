import { EnvironmentError } from '@agento/contracts';
import { describe, expect, test } from 'vitest';
import { readTelemetryEnvironment } from '../src/index.ts';

const url = (env: NodeJS.ProcessEnv) => readTelemetryEnvironment(env).tracesUrl;
const refusal = (env: NodeJS.ProcessEnv) => {
  try {
    readTelemetryEnvironment(env);
    return null;
  } catch (error) {
    return error instanceof EnvironmentError ? error.message : error;
  }
};

const base = 'http://collector:4318';
const traces = 'http://traces:4318/v1/traces';
const endpoint = 'https://other.example/otlp';

describe('Where spans are sent', () => {
  test.each<[string, NodeJS.ProcessEnv, string | null]>([
    ['nowhere when nothing is set', {}, null],
    ['to /v1/traces of the base', { OTEL_EXPORTER_OTLP_ENDPOINT: base }, `${base}/v1/traces`],
    [
      'to /v1/traces below the path of a base with a slash',
      { OTEL_EXPORTER_OTLP_ENDPOINT: `${base}/otlp/` },
      `${base}/otlp/v1/traces`,
    ],
    [
      'to OTEL_ENDPOINT before the base, as it is',
      { OTEL_EXPORTER_OTLP_ENDPOINT: base, OTEL_ENDPOINT: endpoint },
      endpoint,
    ],
    [
      'to the full traces URL before both, as it is',
      {
        OTEL_EXPORTER_OTLP_ENDPOINT: base,
        OTEL_ENDPOINT: endpoint,
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: traces,
      },
      traces,
    ],
    [
      'to the base when the others are empty',
      { OTEL_EXPORTER_OTLP_ENDPOINT: base, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: '', OTEL_ENDPOINT: ' ' },
      `${base}/v1/traces`,
    ],
    ['nowhere when the base is disabled', { OTEL_EXPORTER_OTLP_ENDPOINT: 'disabled' }, null],
    [
      'nowhere when the base is disabled and another is not',
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'Disabled', OTEL_ENDPOINT: endpoint },
      null,
    ],
    [
      'nowhere when any of them is disabled',
      { OTEL_EXPORTER_OTLP_ENDPOINT: base, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'disabled' },
      null,
    ],
    ['nowhere when the last is', { OTEL_EXPORTER_OTLP_ENDPOINT: base, OTEL_ENDPOINT: 'disabled' }, null],
  ])('%s.', (_where, env, expected) => {
    expect(url(env)).toBe(expected);
  });

  test.each<[string, NodeJS.ProcessEnv, string]>([
    [
      'The port of gRPC is refused with the one that is meant',
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4317' },
      'OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4317: port 4317 speaks gRPC; spans are sent as http/protobuf, usually to port 4318',
    ],
    [
      'What is no URL is refused',
      { OTEL_ENDPOINT: 'collector:4318' },
      'OTEL_ENDPOINT=collector:4318: must be an http:// or https:// URL, or disabled',
    ],
    [
      'Another protocol is refused',
      { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
      'OTEL_EXPORTER_OTLP_PROTOCOL="grpc": must be one of http/protobuf',
    ],
    [
      'A limit that would cut prompts is refused',
      { OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: '1000', OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT: '1000' },
      'OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: unset it: it would cut prompts and answers without a trace of it\nOTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT: unset it: it would cut prompts and answers without a trace of it',
    ],
    [
      'A threshold below the limit of an attribute is refused',
      { TRACE_COMPRESSION_THRESHOLD: '100', AGENTO_TRACE_SAMPLE_RATE: '2', TRACE_LEGACY: 'maybe' },
      'TRACE_LEGACY="maybe": must be 1, true, yes or on; or 0, false, no or off\nTRACE_COMPRESSION_THRESHOLD="100": must be a whole number from 8192 to 1073741824\nAGENTO_TRACE_SAMPLE_RATE="2": must be a number from 0 to 1, or unset',
    ],
    [
      'Headers that are not percent-encoded as they must be are refused',
      { OTEL_EXPORTER_OTLP_HEADERS: 'authorization=100%' },
      'OTEL_EXPORTER_OTLP_HEADERS: the value of authorization is not percent-encoded: write % as %25',
    ],
  ])('%s.', (_what, env, expected) => {
    expect(refusal(env)).toBe(expected);
  });
});

describe('Headers of the export', () => {
  test('are pairs, percent-decoded; an equals sign may stand in a value.', () => {
    const given = 'Authorization=Basic%20dXNlcjpwYXNz==, x-team = plans ,,';

    expect(readTelemetryEnvironment({ OTEL_EXPORTER_OTLP_HEADERS: given }).headers).toEqual({
      authorization: 'Basic dXNlcjpwYXNz==',
      'x-team': 'plans',
    });
    expect(readTelemetryEnvironment({}).headers).toEqual({});
  });

  test('for traces win over the general ones.', () => {
    const env = {
      OTEL_EXPORTER_OTLP_HEADERS: 'api-key=one,x-team=plans',
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'API-Key=two',
    };
    expect(readTelemetryEnvironment(env).headers).toEqual({ 'api-key': 'two', 'x-team': 'plans' });
  });

  test.each([
    ['api-key: abcdefgh', 'entry 1 has no "=": write key=value,key=value, a comma in a value as %2C'],
    ['a=b,abcdefgh', 'entry 2 has no "=": write key=value,key=value, a comma in a value as %2C'],
    ['=abcdefgh', 'entry 1 has no name before its "="'],
    ['api key=abcdefgh', 'the name in entry 1 is none of a header: write key=value,key=value'],
    ['x=a%0Abcdefgh', 'the value of x has a character that no header may have'],
    ['x=', 'x has no value'],
    ['Content-Type=text/plain', "Content-Type is the exporter's own: leave it out"],
    ['abcdefgh%=%', 'the value of entry 1 is not percent-encoded: write % as %25'],
  ])('%s is refused, and the value is not shown.', (given, problem) => {
    expect(refusal({ OTEL_EXPORTER_OTLP_HEADERS: given })).toBe(`OTEL_EXPORTER_OTLP_HEADERS: ${problem}`);
  });
});

describe('OpenTelemetry’s own variables', () => {
  test('switch off, as Agento’s own does: either holds.', () => {
    const enabled = (env: NodeJS.ProcessEnv) => readTelemetryEnvironment(env).enabled;
    expect(enabled({ OTEL_SDK_DISABLED: 'TRUE', AGENTO_TRACING_ENABLED: 'true' })).toBe(false);
    expect(enabled({ OTEL_SDK_DISABLED: 'false', AGENTO_TRACING_ENABLED: 'false' })).toBe(false);
    expect(enabled({ OTEL_SDK_DISABLED: 'false' })).toBe(true);
    expect(refusal({ OTEL_SDK_DISABLED: 'yes' })).toBe('OTEL_SDK_DISABLED="yes": must be true or false');
  });

  test.each<[string, string | null, boolean]>([
    ['none', null, false],
    ['console', null, true],
    ['otlp', `${base}/v1/traces`, false],
    ['otlp, console', `${base}/v1/traces`, true],
  ])('OTEL_TRACES_EXPORTER=%s says where spans go.', (given, tracesUrl, consoleExport) => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: base, OTEL_TRACES_EXPORTER: given };
    expect(readTelemetryEnvironment(env)).toMatchObject({ tracesUrl, consoleExport, enabled: true });
  });

  test.each<[NodeJS.ProcessEnv, string, number]>([
    [{}, 'parentbased_traceidratio', 1],
    [{ AGENTO_TRACE_SAMPLE_RATE: '0.5' }, 'parentbased_traceidratio', 0.5],
    [{ OTEL_TRACES_SAMPLER: 'always_off', AGENTO_TRACE_SAMPLE_RATE: '1' }, 'always_off', 1],
    [{ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.25' }, 'traceidratio', 0.25],
    [{ OTEL_TRACES_SAMPLER: 'parentbased_traceidratio' }, 'parentbased_traceidratio', 1],
    [{ OTEL_TRACES_SAMPLER: 'always_on', AGENTO_TRACE_SAMPLE_RATE: '0' }, 'parentbased_traceidratio', 0],
  ])('%o choose a sampler.', (env, name, ratio) => {
    expect(readTelemetryEnvironment(env).sampler).toEqual({ name, ratio });
  });

  test.each<[NodeJS.ProcessEnv, string]>([
    [
      { OTEL_TRACES_EXPORTER: 'zipkin' },
      'OTEL_TRACES_EXPORTER="zipkin": must be a list of otlp, console, none',
    ],
    [{ OTEL_TRACES_EXPORTER: 'none,otlp' }, 'OTEL_TRACES_EXPORTER="none,otlp": none cannot be combined'],
    [
      { OTEL_TRACES_SAMPLER: 'jaeger_remote' },
      'OTEL_TRACES_SAMPLER="jaeger_remote": must be one of always_on, always_off, traceidratio, parentbased_always_on, parentbased_always_off, parentbased_traceidratio',
    ],
    [{ OTEL_TRACES_SAMPLER_ARG: '2' }, 'OTEL_TRACES_SAMPLER_ARG="2": must be a number from 0 to 1, or unset'],
    [
      { OTEL_PROPAGATORS: 'tracecontext,xray' },
      'OTEL_PROPAGATORS="tracecontext,xray": must be a list of tracecontext, baggage, b3, b3multi',
    ],
    [
      { OTEL_SERVICE_NAME: 'shop' },
      'OTEL_SERVICE_NAME: unset it: it would give all services one name; OTEL_SERVICE_NAME_PREFIX=Shop gives Shop-Module-1, Shop-Module-2, …',
    ],
    [
      { OTEL_RESOURCE_ATTRIBUTES: 'service.name=shop' },
      'OTEL_RESOURCE_ATTRIBUTES: leave service.name out: it would give all services one name; OTEL_SERVICE_NAME_PREFIX=Shop gives Shop-Module-1, Shop-Module-2, …',
    ],
    [
      { OTEL_EXPORTER_OTLP_CERTIFICATE: '/no/such.pem' },
      'OTEL_EXPORTER_OTLP_CERTIFICATE: the file cannot be read: no such file or folder',
    ],
    [
      { OTEL_EXPORTER_OTLP_CLIENT_KEY: import.meta.filename },
      'OTEL_EXPORTER_OTLP_CLIENT_KEY: the file has no private key without a passphrase in PEM\nOTEL_EXPORTER_OTLP_CLIENT_KEY: requires OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE as well',
    ],
    [
      { OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '1', OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT: '1' },
      'OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT: unset it: what is over it would be missing from the trace without a trace of it\n' +
        'OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: unset it: what is over it would be missing from the trace without a trace of it',
    ],
    [
      { OTEL_METRICS_EXPORTER: 'prometheus', OTEL_LOGS_EXPORTER: 'otlp', OTEL_TRACES_SAMPLER: 'sometimes' },
      'OTEL_TRACES_SAMPLER="sometimes": must be one of always_on, always_off, traceidratio, parentbased_always_on, parentbased_always_off, parentbased_traceidratio\n' +
        'OTEL_METRICS_EXPORTER="prometheus": must be a list of otlp, none\n' +
        'OTEL_LOGS_EXPORTER: must be none, or unset: no logs are sent; the log is the standard output',
    ],
    [
      { OTEL_CONFIG_FILE: 'sdk.yaml' },
      'OTEL_CONFIG_FILE: unset it: no such file is read, and what it switches off would go on; set the variables instead',
    ],
    [
      { NODE_USE_ENV_PROXY: '1', HTTPS_PROXY: 'user:hunter2@proxy' },
      'HTTPS_PROXY: must be an http:// or https:// URL',
    ],
  ])('%o are refused by name.', (env, expected) => {
    expect(refusal(env)).toBe(expected);
  });

  test('give the resource its attributes, decoded, and one of them the environment.', () => {
    const env = { OTEL_RESOURCE_ATTRIBUTES: 'team=plans%2Cgoals,deployment.environment.name=staging' };
    expect(readTelemetryEnvironment(env)).toMatchObject({
      resourceAttributes: { team: 'plans,goals', 'deployment.environment.name': 'staging' },
      deploymentEnvironment: 'staging',
    });
    expect(readTelemetryEnvironment({ ...env, DEPLOYMENT_ENV: 'live' }).deploymentEnvironment).toBe('live');
  });

  test('for traces count before the general ones, which are not even judged.', () => {
    expect(
      readTelemetryEnvironment({
        OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
        OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/protobuf',
        OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
        OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: 'none',
        OTEL_EXPORTER_OTLP_TIMEOUT: '1000',
        OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: '3000',
        OTEL_BSP_EXPORT_TIMEOUT: '2000',
      }),
    ).toMatchObject({ compression: 'none', exportTimeoutMs: 2_000 });
  });
});

test('A query of an endpoint stays behind its path, and no error shows it.', () => {
  const withQuery = 'https://user:hunter2@host/otlp/?token=abcdefgh';
  expect(url({ OTEL_EXPORTER_OTLP_ENDPOINT: withQuery })).toBe(
    'https://user:hunter2@host/otlp/v1/traces?token=abcdefgh',
  );
  expect(url({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: withQuery })).toBe(withQuery);
  const grpc = String(
    refusal({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://user:hunter2@host:4317/?token=abcdefgh' }),
  );
  expect(grpc).toContain('port 4317 speaks gRPC');
  expect(grpc).not.toMatch(/hunter2|abcdefgh/);
});

test('What is not set has its default.', () => {
  expect(readTelemetryEnvironment({})).toMatchObject({
    OTEL_SERVICE_NAME_PREFIX: 'Agento',
    OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'SPAN_ONLY',
    DEPLOYMENT_ENV: 'development',
    TRACE_LEGACY: false,
    TRACE_COMPRESSION_THRESHOLD: 50_000,
    AGENTO_TRACING_ENABLED: true,
    AGENTO_TRACE_SAMPLE_RATE: 1,
    ignored: [],
  });
});

test('A variable that does nothing is told, with the reason.', () => {
  const env = {
    OTEL_BSP_MAX_QUEUE_SIZE: '100',
    OTEL_METRIC_EXPORT_INTERVAL: '1000',
    OTEL_SOMETHING_NEW: 'x',
    OTEL_TRACES_SAMPLER: 'always_on',
    AGENTO_TRACE_SAMPLE_RATE: '0.5',
  };
  expect(readTelemetryEnvironment(env).ignored).toEqual([
    'AGENTO_TRACE_SAMPLE_RATE: OTEL_TRACES_SAMPLER is set',
    'OTEL_BSP_MAX_QUEUE_SIZE: spans wait in a queue that is bounded in bytes',
    'OTEL_METRIC_EXPORT_INTERVAL: metrics are sent by the services alone, with OTEL_METRICS_EXPORTER=otlp and an endpoint',
    'OTEL_SOMETHING_NEW: no such variable is read',
  ]);
});

describe('Metrics are sent', () => {
  const base = { OTEL_METRICS_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318/otlp' };

  test.each<[NodeJS.ProcessEnv, unknown]>([
    [{}, null],
    [{ ...base, OTEL_METRICS_EXPORTER: 'none' }, null],
    [{ ...base, OTEL_SDK_DISABLED: 'true' }, null],
    [{ ...base, OTEL_EXPORTER_OTLP_ENDPOINT: 'disabled' }, null],
    [{ ...base, OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'disabled' }, null],
    [base, { url: 'http://c:4318/otlp/v1/metrics', headers: {}, intervalMs: 60_000 }],
    [
      {
        ...base,
        OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'http://m/in',
        OTEL_EXPORTER_OTLP_HEADERS: 'team=plans,api-key=one',
        OTEL_EXPORTER_OTLP_METRICS_HEADERS: 'api-key=two',
        OTEL_METRIC_EXPORT_INTERVAL: '5000',
      },
      { url: 'http://m/in', headers: { team: 'plans', 'api-key': 'two' }, intervalMs: 5_000 },
    ],
  ])('with %o to %o.', (env, expected) => {
    const { metrics, ignored } = readTelemetryEnvironment(env);

    expect(metrics).toEqual(expected);
    if (metrics) expect(ignored).toEqual([]);
  });

  test('nowhere without an endpoint, which is told.', () => {
    expect(readTelemetryEnvironment({ OTEL_METRICS_EXPORTER: 'otlp' })).toMatchObject({
      metrics: null,
      ignored: [
        'OTEL_METRICS_EXPORTER: metrics are sent by the services alone, with OTEL_METRICS_EXPORTER=otlp and an endpoint',
      ],
    });
  });

  test('to no port that speaks gRPC.', () => {
    expect(refusal({ ...base, OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'http://c:4317' })).toContain(
      'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=http://c:4317: port 4317 speaks gRPC',
    );
  });
});
