import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { moduleInfo } from '@agento/contracts';
import { compareLegacy, loadTrace } from '@agento/evidence';
import { type Receiver, startReceiver } from '@agento/receiver';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { captureStep, enterRun, referenceOf, startLegacy, withRunSpan, withSpan } from '../src/index.ts';
import { startTelemetry, type Telemetry } from '../src/telemetry.ts';

const module = moduleInfo(2);
let dataDir: string;
let receiver: Receiver;
let telemetry: Telemetry;

function start(env: NodeJS.ProcessEnv = {}): void {
  telemetry = startTelemetry({
    module,
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, TRACE_LEGACY: 'yes', ...env },
    dataDir,
    secrets: ['a-key-that-was-loaded'],
  });
}

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'legacy-'));
  receiver = await startReceiver({ host: '127.0.0.1', port: 0, directory: join(dataDir, 'traces') });
});
afterEach(async () => {
  await telemetry.shutdown(2_000);
  await receiver.close();
  await rm(dataDir, { recursive: true });
});

/** A run with captures on two spans; answers with the trace's id. */
function run(runId: string, outputs: unknown = { plan: { title: 'Five weekends' } }): Promise<string> {
  const entry = enterRun({ headers: {}, metadata: undefined, source: '', openaiTraceId: undefined });
  return withRunSpan({ module, entry, agentName: 'PlanGenerator', runId, nextModule: 0 }, async (span) => {
    const scope = { 'agent.name': 'LeanPlanner', 'agento.plan.id': 'p2' };
    await withSpan({ name: 'plan_generation', scope }, async () => {
      captureStep('plan_generation', {
        inputs: { goal: 'Open a repair café', api_key: 'walks-2931', note: 'it is a-key-that-was-loaded' },
        outputs,
      });
    });
    await withSpan({ name: 'plan_selection' }, async () =>
      captureStep('plan_selection', { outputs: ['p2'] }),
    );
    return referenceOf(span).trace_id;
  });
}

function fileOf(runId: string): string {
  return join(dataDir, 'legacy', runId, 'module2', 'manual_traces.json');
}

async function read(runId: string) {
  return JSON.parse(await readFile(fileOf(runId), 'utf8'));
}

describe('with TRACE_LEGACY', () => {
  test('each run has one redacted file a module, which only its owner can read', async () => {
    start();
    const runId = randomUUID();
    const traceId = await run(runId);
    await telemetry.finishRun(runId);
    const { steps, ...head } = await read(runId);
    expect(head).toEqual({ run_id: runId, trace_id: traceId, module: 2, omitted: 0 });
    expect(steps).toEqual([
      {
        stage: 'plan_generation',
        agent_name: 'LeanPlanner',
        span_id: expect.stringMatching(/^[0-9a-f]{16}$/),
        recorded_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        plan_id: 'p2',
        inputs: {
          goal: 'Open a repair café',
          api_key: '***REDACTED***',
          note: 'it is ***REDACTED***',
        },
        outputs: { plan: { title: 'Five weekends' } },
      },
      {
        stage: 'plan_selection',
        agent_name: 'PlanGenerator',
        span_id: expect.stringMatching(/^[0-9a-f]{16}$/),
        recorded_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        inputs: {},
        outputs: ['p2'],
      },
    ]);
    const modes = await Promise.all(
      [fileOf(runId), join(dataDir, 'legacy', runId), join(dataDir, 'legacy')].map(
        async (path) => (await stat(path)).mode & 0o777,
      ),
    );
    expect(modes).toEqual([0o600, 0o700, 0o700]);
    expect(await readdir(join(dataDir, 'legacy', runId, 'module2'))).toEqual(['manual_traces.json']);
  });

  test('the file says what the trace says, large values and all; a change is found', async () => {
    start();
    const runId = randomUUID();
    const traceId = await run(runId, {
      token: 'sk-abcdefghijklmnopqrstuvwxyz0123456789ABCDEF',
      text: 'An "essay" \\ on ünïcode. '.repeat(4_000),
      produced_by: { span_id: 'left out' },
    });
    await telemetry.finishRun(runId);
    await telemetry.flush();
    const trace = await loadTrace(traceId, { dataDir });
    const legacy = await readFile(fileOf(runId), 'utf8');
    expect(compareLegacy(legacy, trace)).toEqual([]);
    const forged = legacy.replace('Open a repair café', 'Open a repair shop');
    expect(compareLegacy(forged, trace).map(({ stage, detail }) => [stage, detail])).toEqual([
      ['plan_generation', 'inputs/goal: the file has "Open a repair shop", the trace "Open a repair café"'],
    ]);
  });

  test('what has no JSON is named in both', async () => {
    start();
    const runId = randomUUID();
    const circle: Record<string, unknown> = {};
    circle.itself = circle;
    const traceId = await run(runId, circle);
    await telemetry.finishRun(runId);
    await telemetry.flush();
    expect((await read(runId)).steps[0].outputs).toBe(
      '[not recorded: Converting circular structure to JSON]',
    );
    const legacy = await readFile(fileOf(runId), 'utf8');
    expect(compareLegacy(legacy, await loadTrace(traceId, { dataDir }))).toEqual([]);
  });

  test('runs side by side are kept apart, and one that is cut short is written at the end', async () => {
    start();
    const [one, other] = [randomUUID(), randomUUID()];
    await Promise.all([run(one, 'of one'), run(other, 'of the other')]);
    await telemetry.finishRun(one);
    await expect(read(other)).rejects.toThrow('ENOENT');
    await telemetry.shutdown(2_000);
    expect([(await read(one)).steps[0].outputs, (await read(other)).steps[0].outputs]).toEqual([
      'of one',
      'of the other',
    ]);
  });

  test('a trace that is not sampled has its file all the same', async () => {
    start({ AGENTO_TRACE_SAMPLE_RATE: '0' });
    const runId = randomUUID();
    await run(runId);
    await telemetry.finishRun(runId);
    expect((await read(runId)).steps.map(({ stage }: { stage: string }) => stage)).toEqual([
      'plan_generation',
      'plan_selection',
    ]);
  });

  test('nothing is written while content is switched off', async () => {
    start({ OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'NO_CONTENT' });
    await run(randomUUID());
    await telemetry.shutdown(2_000);
    expect(await readdir(dataDir)).not.toContain('legacy');
  });
});

describe('the legacy record', () => {
  test('holds no more than it may, and the file says how many steps it left out', async () => {
    start({ TRACE_LEGACY: 'no' });
    const legacy = startLegacy({ dataDir, module, maxBytes: 2_000 });
    const [large, small] = [randomUUID(), randomUUID()];
    await run(large, 'x'.repeat(10_000));
    await legacy.finishRun(large);
    await run(small);
    await legacy.stop();
    expect([await read(large), await read(small)]).toMatchObject([
      { omitted: 1, steps: [{ stage: 'plan_selection' }] },
      { omitted: 0, steps: [{ stage: 'plan_generation' }, { stage: 'plan_selection' }] },
    ]);
  });

  test('that cannot be written is told to the log and fails nobody', async () => {
    start({ TRACE_LEGACY: 'no' });
    const lines: string[] = [];
    const log = { warn: (_: object, text: string) => lines.push(text), info: () => {} };
    await writeFile(join(dataDir, 'legacy'), 'a file where the folder should be');
    const legacy = startLegacy({ dataDir, module, log });
    await run(randomUUID());
    await legacy.stop();
    expect(lines).toEqual(['The legacy record cannot be written']);
  });

  test('leaves out what belongs to no run, or to one whose id would lead elsewhere', async () => {
    start();
    captureStep('lonely', { inputs: 1 });
    await run('../../etc');
    await telemetry.shutdown(2_000);
    expect(await readdir(dataDir)).not.toContain('legacy');
  });
});
