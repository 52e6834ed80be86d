import { afterEach, describe, expect, test } from 'vitest';
import {
  getTracer,
  initializeTracing,
  redactText,
  type Tracing,
  type TracingConfig,
  TracingConfigError,
} from '../src/index.ts';
import { resolveConfig } from '../src/library/resolve.ts';

let tracing: Tracing | null = null;
afterEach(async () => {
  await tracing?.shutdown();
  tracing = null;
});

/** What the check says of a configuration, and of an environment. */
function problems(config: unknown, env: NodeJS.ProcessEnv = {}): string[] {
  try {
    resolveConfig(config as TracingConfig, env);
    return [];
  } catch (error) {
    if (error instanceof TracingConfigError) return error.problems;
    throw error;
  }
}

describe('a tracing configuration', () => {
  test('has the documented defaults', () => {
    expect(resolveConfig({}, {})).toMatchObject({
      enabled: true,
      serviceName: 'agento-agent',
      tracesUrl: null,
      exportDisabled: false,
      consoleExport: false,
      sampler: { name: 'parentbased_traceidratio', ratio: 1 },
      OTEL_BSP_MAX_EXPORT_BATCH_SIZE: 512,
      OTEL_BSP_SCHEDULE_DELAY: 500,
      exportTimeoutMs: 30_000,
    });
  });

  test.each([
    [{ enabled: 'yes' }, 'enabled: must be true or false; it is "yes"'],
    [{ serviceName: ' ' }, 'serviceName: must be a text that is not blank; it is " "'],
    [
      { otlpEndpoint: 4318 },
      'otlpEndpoint: must be an http:// or https:// URL, disabled, or null; it is 4318',
    ],
    [
      { otlpEndpoint: 'collector:4318' },
      'otlpEndpoint: must be an http:// or https:// URL, or disabled; it is "collector:4318"',
    ],
    [
      { otlpEndpoint: 'http://127.0.0.1:4317' },
      'otlpEndpoint: port 4317 speaks gRPC; spans are sent as http/protobuf, usually to port 4318; it is "http://127.0.0.1:4317"',
    ],
    [{ consoleExport: 1 }, 'consoleExport: must be true or false; it is 1'],
    [{ sampleRate: 1.5 }, 'sampleRate: must be a number from 0 to 1; it is 1.5'],
    [{ sampleRate: Number.NaN }, 'sampleRate: must be a number from 0 to 1; it is NaN'],
    [{ batchExport: null }, 'batchExport: must be true or false; it is object'],
    [{ maxExportBatchSize: 0 }, 'maxExportBatchSize: must be a whole number from 1 to 100000; it is 0'],
    [{ exportTimeoutMs: 2.5 }, 'exportTimeoutMs: must be a whole number from 1 to 600000; it is 2.5'],
    [{ secrets: [42] }, 'secrets: must be a list of texts; it is a list'],
    [
      { service_name: 'agent' },
      'service_name: no such field; the fields are enabled, serviceName, otlpEndpoint, consoleExport, sampleRate, ' +
        'batchExport, maxExportBatchSize, exportTimeoutMs, serviceVersion, secrets, spoolDirectory, processors, log',
    ],
  ])('%j is refused with what is allowed', (config, problem) => {
    expect(problems(config)).toEqual([problem]);
  });

  test('is judged as a whole, variables included', () => {
    const env = { AGENTO_TRACE_SAMPLE_RATE: '2', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' };
    expect(problems({ enabled: 0, sampleRate: -1 }, env)).toEqual([
      'enabled: must be true or false; it is 0',
      'sampleRate: must be a number from 0 to 1; it is -1',
      'OTEL_EXPORTER_OTLP_PROTOCOL="grpc": must be one of http/protobuf',
      'AGENTO_TRACE_SAMPLE_RATE="2": must be a number from 0 to 1, or unset',
    ]);
  });
});

describe('the environment', () => {
  const full = {
    AGENTO_TRACING_ENABLED: 'false',
    AGENTO_OTLP_ENDPOINT: 'http://collector:4318/',
    AGENTO_SERVICE_NAME: 'my-agent',
    AGENTO_TRACE_SAMPLE_RATE: '0.5',
  };
  const read = (config: TracingConfig, env: NodeJS.ProcessEnv) => {
    const { enabled, tracesUrl, serviceName, sampler } = resolveConfig(config, env);
    return { enabled, tracesUrl, serviceName, sampleRate: sampler.ratio };
  };
  const expected = {
    enabled: false,
    tracesUrl: 'http://collector:4318/v1/traces',
    serviceName: 'my-agent',
    sampleRate: 0.5,
  };

  test('stands in for fields that are left out, under both names', () => {
    expect(read({}, full)).toEqual(expected);
    const aliases = Object.fromEntries(
      Object.entries(full).map(([name, value]) => [name.replace('AGENTO_', 'AGENTCORE_'), value]),
    );
    expect(read({}, aliases)).toEqual(expected);
    expect(read({}, { ...aliases, AGENTO_SERVICE_NAME: 'the-newer-name' }).serviceName).toBe(
      'the-newer-name',
    );
  });

  test('is named as it was given where it is wrong', () => {
    expect(problems({}, { AGENTCORE_TRACE_SAMPLE_RATE: 'half' })).toEqual([
      'AGENTCORE_TRACE_SAMPLE_RATE="half": must be a number from 0 to 1, or unset',
    ]);
    expect(problems({}, { AGENTCORE_OTLP_ENDPOINT: 'http://localhost:4317' })).toEqual([
      'AGENTCORE_OTLP_ENDPOINT: port 4317 speaks gRPC; spans are sent as http/protobuf, usually to port 4318; it is "http://localhost:4317"',
    ]);
  });

  test('gives way to a field in code, but switching off always holds', () => {
    const given = {
      otlpEndpoint: 'https://example.org/otlp',
      serviceName: 'mine',
      sampleRate: 1,
      enabled: true,
    };
    expect(read(given, full)).toEqual({
      enabled: false,
      tracesUrl: 'https://example.org/otlp/v1/traces',
      serviceName: 'mine',
      sampleRate: 1,
    });
    const off = { OTEL_EXPORTER_OTLP_ENDPOINT: 'disabled' };
    expect(resolveConfig(given, off)).toMatchObject({ tracesUrl: null, exportDisabled: true, enabled: true });
    expect(resolveConfig({ otlpEndpoint: 'disabled' }, full).tracesUrl).toBeNull();
  });

  test("OpenTelemetry's own variables count, and what they switch off stays off", () => {
    expect(resolveConfig({}, { OTEL_SERVICE_NAME: 'mine' }).serviceName).toBe('mine');
    expect(resolveConfig({}, { OTEL_RESOURCE_ATTRIBUTES: 'service.name=my%20own' }).serviceName).toBe(
      'my own',
    );
    expect(resolveConfig({}, { OTEL_METRICS_EXPORTER: 'otlp' }).enabled).toBe(true);
    const code = { enabled: true, sampleRate: 1, otlpEndpoint: 'http://a:4318' };
    expect(resolveConfig(code, { OTEL_SDK_DISABLED: 'true' }).enabled).toBe(false);
    expect(resolveConfig(code, { OTEL_TRACES_SAMPLER: 'always_off' }).sampler.name).toBe('always_off');
    expect(resolveConfig(code, { OTEL_TRACES_EXPORTER: 'none' })).toMatchObject({
      tracesUrl: null,
      exportDisabled: true,
    });
  });

  test('has no credential shown, neither by an error nor as the endpoint', () => {
    const address = 'https://me:hunter2hunter2@collector.example/otlp?api_key=abcdefgh12345678';
    tracing = initializeTracing({}, { AGENTO_OTLP_ENDPOINT: address, AGENTO_SPOOL_MAX_BYTES: '0' });
    expect(tracing.endpoint).toBe('https://collector.example/otlp/v1/traces?api_key=***REDACTED***');
    expect(redactText('hunter2hunter2 abcdefgh12345678')).toBe('***REDACTED*** ***REDACTED***');
    const wrong = String(problems({ otlpEndpoint: address.replace('.example', '.example:4317') }));
    expect(wrong).toContain('port 4317 speaks gRPC');
    expect(wrong).not.toMatch(/hunter2|abcdefgh/);
  });

  test("OpenTelemetry's own endpoint variables count, after the library's", () => {
    const url = (env: NodeJS.ProcessEnv) => resolveConfig({}, env).tracesUrl;
    expect(url({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a:4318' })).toBe('http://a:4318/v1/traces');
    expect(url({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://b:4318/in' })).toBe('http://b:4318/in');
    expect(url({ OTEL_ENDPOINT: 'http://c:4318/v1/traces' })).toBe('http://c:4318/v1/traces');
    const both = {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a:4317',
      AGENTO_OTLP_ENDPOINT: 'http://d:4318/v1/traces',
    };
    expect(url(both)).toBe('http://d:4318/v1/traces');
  });
});

describe('initializeTracing', () => {
  test('refuses to start a second time, and may be called again after a shutdown', async () => {
    tracing = initializeTracing({ otlpEndpoint: 'disabled' }, {});
    expect(() => initializeTracing({}, {})).toThrow('OpenTelemetry is running in this process already');
    await tracing.shutdown();
    tracing = initializeTracing({ enabled: false }, {});
    expect(tracing).toMatchObject({ endpoint: null });
  });

  test('makes no spans while tracing is off', () => {
    tracing = initializeTracing({ enabled: false }, {});
    const span = getTracer().createModuleSpan({ moduleType: 'planner', operation: 'analyze_query' });
    expect([span.isRecording(), span.spanContext().traceId]).toEqual([false, '0'.repeat(32)]);
  });

  test('says when spans go nowhere, unless that was asked for', async () => {
    const lines: string[] = [];
    const log = { warn: (_: object, text: string) => lines.push(text), info: () => {} };
    tracing = initializeTracing({ log }, {});
    await tracing.shutdown();
    tracing = initializeTracing({ log, otlpEndpoint: 'disabled' }, {});
    expect(lines).toEqual([
      'Spans are created but not exported: set otlpEndpoint or OTEL_EXPORTER_OTLP_ENDPOINT',
    ]);
  });
});
