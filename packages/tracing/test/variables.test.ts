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
    const given = 'authorization=Basic%20dXNlcjpwYXNz==, x-team = plans ,,nothing';

    expect(readTelemetryEnvironment({ OTEL_EXPORTER_OTLP_HEADERS: given }).headers).toEqual({
      authorization: 'Basic dXNlcjpwYXNz==',
      'x-team': 'plans',
    });
    expect(readTelemetryEnvironment({}).headers).toEqual({});
  });
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

test('A queue length of the SDK’s is ignored, since ours is bounded in bytes, and that is told.', () => {
  expect(readTelemetryEnvironment({ OTEL_BSP_MAX_QUEUE_SIZE: '100' }).ignored).toEqual([
    'OTEL_BSP_MAX_QUEUE_SIZE',
  ]);
});
