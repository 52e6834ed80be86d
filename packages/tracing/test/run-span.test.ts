import { moduleInfo } from '@agento/contracts';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace';
import { expect, test } from 'vitest';
import { enterRun, withHopSpan, withRunSpan, withSpan } from '../src/index.ts';
import { startTelemetry } from '../src/telemetry.ts';
import { inTelemetry } from './in-trace.ts';

const module = moduleInfo(2);
const identity = { module, agentName: 'PlanGenerator', runId: '5f0c8f7e-53c5-4c35-9d0b-3d1d6a1b2c3d' };
const fresh = () => enterRun({ headers: {}, metadata: undefined, source: '', openaiTraceId: undefined });
const runMarks = {
  'agent.name': 'PlanGenerator',
  'agento.run.id': identity.runId,
  'agento.run.attempt': 1,
  'agento.run.execution': 1,
};

test('run_module_N says whose run it is, what comes next and how many spans lie below it; so do those below.', async () => {
  const spans = await inTelemetry(() =>
    withRunSpan({ ...identity, entry: fresh(), sessionId: 's-1', nextModule: 3 }, async () => {
      await withSpan({ name: 'step', scope: { 'agent.name': 'LeanPlanner' } }, () =>
        withSpan({ name: 'chat m', client: true }, async () => {}),
      );
      await withSpan({ name: 'validation' }, async () => {});
    }),
  );

  const scope = 'agento.module2';
  const marks = { ...runMarks, 'session.id': 's-1' };
  expect(spans.map(({ name, scope, attributes }) => ({ name, scope, attributes }))).toEqual([
    { name: 'chat m', scope, attributes: { ...marks, 'agent.name': 'LeanPlanner' } },
    { name: 'step', scope, attributes: { ...marks, 'agent.name': 'LeanPlanner' } },
    { name: 'validation', scope, attributes: marks },
    {
      name: 'run_module_2',
      scope,
      attributes: {
        ...marks,
        'agento.step': 'module',
        'agento.next_module': 3,
        'agento.span_count': 3,
        'gen_ai.operation.name': 'invoke_workflow',
        'gen_ai.agent.name': 'PlanGenerator',
        'gen_ai.conversation.id': 's-1',
        'agento.genai.span_name': 'invoke_workflow PlanGenerator',
      },
    },
  ]);
});

test('A run that fails has counted its spans all the same, and its root says what failed.', async () => {
  const spans = await inTelemetry(() =>
    withRunSpan({ ...identity, entry: fresh(), nextModule: 0 }, () =>
      withSpan({ name: 'step' }, () => Promise.reject(new RangeError('no'))),
    ).catch(() => {}),
  );

  expect(spans.map(({ name, status }) => [name, status.code])).toEqual([
    ['step', 'ERROR'],
    ['run_module_2', 'ERROR'],
  ]);
  expect(spans[1]?.attributes).toMatchObject({
    'agento.span_count': 1,
    'agento.next_module': 0,
    'error.type': 'RangeError',
  });
});

test('The call to the next module is a CLIENT span beside the run, with where it goes, and is not counted.', async () => {
  const spans = await inTelemetry(() =>
    withSpan({ name: 'request' }, async () => {
      const entry = fresh();
      await withRunSpan({ ...identity, entry, nextModule: 3 }, async () => {});
      await withHopSpan({ ...identity, entry, url: 'https://module3.example/run' }, async () => {});
      await withHopSpan(
        { ...identity, sessionId: 's-1', entry, url: 'http://127.0.0.1:3003/run' },
        async () => {},
      );
    }),
  );

  const [run, hop, local, request] = spans;
  expect(hop).toEqual({
    name: 'POST',
    kind: 'CLIENT',
    scope: 'agento.module2',
    traceId: request?.traceId,
    spanId: expect.any(String),
    parentSpanId: request?.spanId,
    status: { code: 'UNSET' },
    links: [],
    events: [],
    attributes: {
      ...runMarks,
      'agento.step': 'hop',
      'http.request.method': 'POST',
      'url.full': 'https://module3.example/run',
      'server.address': 'module3.example',
      'server.port': 443,
    },
  });
  expect(local?.attributes).toMatchObject({
    'server.address': '127.0.0.1',
    'server.port': 3003,
    'session.id': 's-1',
  });
  expect([run?.parentSpanId, run?.attributes['agento.span_count']]).toEqual([request?.spanId, 0]);
});

test('Every span says which service, module, process and environment it is of, and nothing that tells the host.', async () => {
  const resourceOf = async (env: NodeJS.ProcessEnv) => {
    const exporter = new InMemorySpanExporter();
    const telemetry = startTelemetry({
      module,
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'disabled', ...env },
      dataDir: '/nowhere',
      processors: [new SimpleSpanProcessor({ exporter })],
    });
    await withSpan({ name: 'work' }, async () => {});
    const [span] = exporter.getFinishedSpans();
    await telemetry.shutdown(1_000);
    return span?.resource.attributes;
  };

  const marks = {
    'service.name': 'Agento-Module-2',
    'service.version': '1.1.0',
    'service.namespace': 'agento',
    'service.instance.id': expect.stringMatching(/^[0-9a-f]{8}-/),
    'process.pid': process.pid,
    'host.id': expect.stringMatching(/^[0-9a-f]{32}$/),
    'module.number': 2,
    'module.type': 'plan_generator',
    'deployment.environment.name': 'development',
    'deployment.environment': 'development',
    'telemetry.sdk.language': 'nodejs',
    'telemetry.sdk.name': 'opentelemetry',
    'telemetry.sdk.version': expect.any(String),
  };
  expect(await resourceOf({})).toEqual(marks);
  expect(
    await resourceOf({
      OTEL_SERVICE_NAME_PREFIX: 'Plans',
      DEPLOYMENT_ENV: 'staging',
      OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'NO_CONTENT',
    }),
  ).toEqual({
    ...marks,
    'service.name': 'Plans-Module-2',
    'deployment.environment.name': 'staging',
    'deployment.environment': 'staging',
    'agento.content': 'off',
  });
});
