import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { StepError, step } from '@agento/agent';
import { limits } from '@agento/contracts';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { closeAll, eventsOf, type Tiny, tiny } from './harness.ts';

afterEach(closeAll);

const runId = '0b0e3c1a-7f43-4b3d-9c55-0c7f1f6f2a11';
const json = { 'content-type': 'application/json' };
const note = async () => 'Rent a room.';

function post({ app }: Tiny, payload: string | object, headers: Record<string, string> = {}) {
  return app.inject({ method: 'POST', url: '/run', headers: { ...json, ...headers }, payload });
}
const problemType = 'application/problem+json; charset=utf-8';

describe('POST /run', () => {
  test('answers with the output of the module: input, ids, usage and what it adds.', async () => {
    const made = await tiny(note);

    const response = await post(made, { goal: 'Open a café "now" 🛠️', run_id: runId, session_id: 's-1' });

    const root = made.spans().find(({ name }) => name === 'run_module_1');
    expect([response.statusCode, response.headers['content-type']]).toEqual([
      200,
      'application/json; charset=utf-8',
    ]);
    expect(response.json()).toEqual({
      goal: 'Open a café "now" 🛠️',
      session_id: 's-1',
      run_id: runId,
      trace_metadata: {
        trace_id: root?.traceId,
        root_span_id: root?.spanId,
        service_name: 'Agento-Module-1',
      },
      usage: [],
      note: 'Rent a room.',
    });
  });

  test('gives a run that has no id one of its own.', async () => {
    const response = await post(await tiny(note), { goal: 'g' });

    expect(response.json().run_id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });

  test('leaves the output and the module’s files in the folder of the run, for nobody else to read.', async () => {
    const made = await tiny(note);

    const { payload } = await post(made, { goal: 'g', run_id: runId.toUpperCase() });

    const folder = join(made.dataDir, 'runs', runId);
    expect((await readdir(folder)).sort()).toEqual(['final_plan.md', 'module1_output.json']);
    expect(await readFile(join(folder, 'module1_output.json'), 'utf8')).toBe(payload);
    expect(await readFile(join(folder, 'final_plan.md'), 'utf8')).toBe('Rent a room.');
    const modes = await Promise.all([folder, join(folder, 'final_plan.md')].map((path) => stat(path)));
    expect(modes.map(({ mode }) => (mode & 0o777).toString(8))).toEqual(['700', '600']);
  });

  test('sends the run as events where the caller asks for them.', async () => {
    const response = await post(
      await tiny(note),
      { goal: 'g', run_id: runId },
      { accept: 'text/event-stream' },
    );

    expect([
      response.statusCode,
      response.headers['content-type'],
      response.headers['cache-control'],
    ]).toEqual([200, 'text/event-stream; charset=utf-8', 'no-store']);
    expect(response.payload.startsWith(': the run begins\n\n')).toBe(true);
    const events = eventsOf(response.payload);
    const agent = { module: 1, agent_name: 'SuccessCriteriaGenerator' };
    const usage = { input_tokens: 0, output_tokens: 0 };
    const steps = events.filter(([name]) => name.startsWith('step.'));
    expect(steps.map(([name, data]) => [name, (data as { step: string }).step])).toEqual(
      ['final_assembly', 'output_creation', 'validation', 'file_export'].flatMap((step) => [
        ['step.started', step],
        ['step.finished', step],
      ]),
    );
    expect(events.slice(0, 3)).toEqual([
      ['run.started', { run_id: runId, trace_id: expect.stringMatching(/^[0-9a-f]{32}$/) }],
      ['step.started', { ...agent, step: 'final_assembly' }],
      [
        'step.finished',
        { ...agent, step: 'final_assembly', duration_ms: expect.any(Number), usage, summary: 'noted' },
      ],
    ]);
    expect(events.slice(-2)).toEqual([
      ['module.finished', { module: 1, duration_ms: expect.any(Number), usage }],
      ['run.finished', { output: expect.objectContaining({ goal: 'g', note: 'Rent a room.' }) }],
    ]);
  });

  test('has one trace: SERVER, request, and below it the run with its steps.', async () => {
    const made = await tiny(note);
    const url = await made.listen();

    await fetch(url, { method: 'POST', headers: json, body: '{"goal":"g"}' });

    await vi.waitFor(() => expect(made.spans().some(({ kind }) => kind === 'SERVER')).toBe(true));
    const named = Object.fromEntries(made.spans().map((span) => [span.spanId, span.name]));
    expect(
      made
        .spans()
        .map(({ name, kind, parentSpanId }) => `${kind} ${name} < ${named[parentSpanId ?? ''] ?? 'none'}`),
    ).toEqual([
      'INTERNAL final_assembly < run_module_1',
      'INTERNAL output_creation < run_module_1',
      'INTERNAL validation < run_module_1',
      'INTERNAL file_export < run_module_1',
      'INTERNAL run_module_1 < request',
      'INTERNAL request < POST /run',
      'SERVER POST /run < none',
    ]);
    const root = made.spans().find(({ name }) => name === 'run_module_1');
    expect(root?.attributes).toMatchObject({
      'user.goal': 'g',
      'agento.next_module': 0,
      'agento.span_count': 4,
    });
  });
});

describe('The last steps of a module', () => {
  test('record what it adds, the verdict of its guardrail and its files.', async () => {
    const made = await tiny(note);

    await post(made, { goal: 'g', run_id: runId });

    const span = (wanted: string) => made.spans().find(({ name }) => name === wanted);
    const { traceId: trace_id, spanId: root_span_id } = span('run_module_1') ?? {};
    const added = JSON.stringify({
      run_id: runId,
      trace_metadata: { trace_id, root_span_id, service_name: 'Agento-Module-1' },
      usage: [],
      note: 'Rent a room.',
    });
    expect(span('output_creation')?.attributes).toMatchObject({
      'agento.step': 'output_creation',
      'agent.name': 'SuccessCriteriaGenerator',
      module_output: added,
    });
    expect(span('output_creation')?.events[0]).toEqual({
      name: 'module_output.full',
      attributes: { json: added },
    });
    expect(span('validation')?.attributes).toMatchObject({
      'guardrail.name': 'output_schema',
      'guardrail.passed': true,
      'guardrail.problems': [],
    });
    expect(span('file_export')?.events.filter(({ name }) => name === 'agento.artifact')).toEqual([
      {
        name: 'agento.artifact',
        attributes: {
          name: 'final_plan.md',
          sha256: 'cc620c698b7f73147c9fb56e783fe3284c5eaec20fccc41f54dcb8e6535835e8',
          size: 12,
          media_type: 'text/markdown',
        },
      },
      {
        name: 'agento.artifact',
        attributes: expect.objectContaining({ name: 'module1_output.json', media_type: 'application/json' }),
      },
    ]);
  });

  test('refuse an output that breaks its own contract: the caller learns where, not what.', async () => {
    const made = await tiny(async () => 'x'.repeat(101));

    const response = await post(made, { goal: 'g' });

    const validation = made.spans().find(({ name }) => name === 'validation');
    expect(response.statusCode).toBe(500);
    expect(response.json()).toMatchObject({
      type: 'urn:agento:problem:internal',
      detail: 'The module could not do its work; the trace and the log say why',
      step: 'validation',
      span_id: validation?.spanId,
    });
    expect(validation?.attributes).toMatchObject({
      'guardrail.passed': false,
      'guardrail.problems': ['/note: must not have more than 100 characters'],
      'error.type': 'internal',
    });
  });

  test('hand a paid-for output on although its files cannot be written; the span and /readyz say so.', async () => {
    const made = await tiny(note, { dataDir: join(import.meta.filename, 'data') });

    const response = await post(made, { goal: 'g' });

    expect([response.statusCode, response.json().note]).toEqual([200, 'Rent a room.']);
    const spans = made.spans();
    expect(spans.find(({ name }) => name === 'file_export')?.status.code).toBe('ERROR');
    expect(spans.find(({ name }) => name === 'run_module_1')?.status.code).toBe('UNSET');
    const ready = await made.app.inject('/readyz');
    expect([ready.statusCode, ready.json().last_file_error]).toEqual([
      503,
      expect.stringContaining('ENOTDIR'),
    ]);
  });
});

describe('Bad input', () => {
  test.each<[string, string, object[]]>([
    ['no goal', '{}', [{ pointer: '/goal', detail: 'goal is required' }]],
    ['a blank goal', '{"goal":" "}', [{ pointer: '/goal', detail: 'must not be empty or blank' }]],
    ['a number as the goal', '{"goal":123}', [{ pointer: '/goal', detail: 'must be string' }]],
    [
      'a misspelt option',
      '{"goal":"g","stop":1}',
      [{ pointer: '/stop', detail: 'stop is not a known field' }],
    ],
    ['a path as run id', '{"goal":"g","run_id":"../x"}', [{ pointer: '/run_id', detail: 'must be a UUID' }]],
    ['a list', '[]', [{ pointer: '', detail: 'must be object' }]],
    [
      'what the module itself refuses',
      '{"goal":"impossible"}',
      [{ pointer: '/goal', detail: 'cannot be done' }],
    ],
  ])('%s is answered with 400 and the field.', async (_what, payload, errors) => {
    const response = await post(await tiny(note), payload);

    expect([response.statusCode, response.headers['content-type']]).toEqual([400, problemType]);
    expect(response.json()).toEqual({
      type: 'urn:agento:problem:bad-input',
      title: 'The input is not usable',
      status: 400,
      detail: expect.any(String),
      instance: '/run',
      module: 1,
      trace_id: expect.stringMatching(/^[0-9a-f]{32}$/),
      errors,
    });
  });

  test('A goal of 16 KiB is taken, one byte more is not; bytes count, not characters.', async () => {
    const made = await tiny(note);

    expect((await post(made, { goal: 'é'.repeat(limits.goal / 2) })).statusCode).toBe(200);
    const response = await post(made, { goal: `é${'x'.repeat(limits.goal - 1)}` });
    expect([response.statusCode, response.json().errors]).toEqual([
      400,
      [{ pointer: '/goal', detail: 'must be at most 16384 bytes of UTF-8, is 16385' }],
    ]);
  });

  test('A context over 256 KiB is not taken.', async () => {
    const response = await post(await tiny(note), { goal: 'g', context: 'x'.repeat(limits.context + 1) });

    expect(response.json().errors).toEqual([
      { pointer: '/context', detail: 'must be at most 262144 bytes of UTF-8, is 262145' },
    ]);
  });

  test.each(['{"goal":', '', '{"goal":"a\nb"}'])(
    'The broken JSON %j is answered with 400.',
    async (payload) => {
      const response = await post(await tiny(note), payload);

      expect([response.statusCode, response.headers['content-type']]).toEqual([400, problemType]);
      expect(response.json()).toMatchObject({ type: 'urn:agento:problem:bad-input', status: 400, module: 1 });
    },
  );

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/xml'])(
    'The content type %s is answered with 415.',
    async (type) => {
      const response = await post(await tiny(note), '{"goal":"g"}', { 'content-type': type });

      expect(response.json()).toEqual({
        type: 'urn:agento:problem:unsupported-media-type',
        title: 'The body must be JSON',
        status: 415,
        detail: 'Send the input with content-type: application/json',
        instance: '/run',
        module: 1,
        trace_id: expect.stringMatching(/^[0-9a-f]{32}$/),
      });
    },
  );

  test('A body over the limit is answered with 413.', async () => {
    const response = await post(await tiny(note), { goal: 'x'.repeat(limits.goalBody) });

    expect([response.statusCode, response.json()]).toMatchObject([
      413,
      { type: 'urn:agento:problem:too-large', detail: 'The body is over the limit of this module' },
    ]);
  });

  test('A field named __proto__ is refused and reaches nothing.', async () => {
    const response = await post(await tiny(note), '{"goal":"g","__proto__":{"stop_after":1}}');

    expect(response.statusCode).toBe(400);
  });

  test('An address there is not is answered with 404, without its query.', async () => {
    const { app } = await tiny(note);

    const response = await app.inject('/plans?token=secret');
    expect([response.statusCode, response.headers['content-type']]).toEqual([404, problemType]);
    expect(response.json()).toMatchObject({
      type: 'urn:agento:problem:not-found',
      detail: 'There is no GET /plans here',
    });
    expect((await app.inject('/run')).statusCode).toBe(404);
  });
});

describe('A run that cannot be taken', () => {
  test('because the same run is under way is answered with 409.', async () => {
    const gate = Promise.withResolvers<string>();
    const made = await tiny(() => gate.promise);
    const first = post(made, { goal: 'g', run_id: runId });
    await vi.waitFor(() => expect(made.service.runs.size).toBe(1));

    const second = await post(made, { goal: 'g', run_id: runId.toUpperCase() });
    gate.resolve('done');

    expect([second.statusCode, second.json().type]).toEqual([409, 'urn:agento:problem:conflict']);
    expect((await first).statusCode).toBe(200);
    expect((await post(made, { goal: 'g', run_id: runId })).statusCode).toBe(200);
  });

  test('because there are as many as may be is answered with 503 and when to try again.', async () => {
    const gate = Promise.withResolvers<string>();
    const made = await tiny(() => gate.promise, { maxRuns: 1 });
    const first = post(made, { goal: 'g' });
    await vi.waitFor(() => expect(made.service.runs.size).toBe(1));

    const refused = await post(made, { goal: 'g' });
    const ready = await made.app.inject('/readyz');
    gate.resolve('done');
    await first;

    expect([refused.statusCode, refused.headers['retry-after'], refused.json().detail]).toEqual([
      503,
      '1',
      'The service takes no run now: it has 1 runs under way. Try again shortly.',
    ]);
    expect([ready.statusCode, ready.json().runs]).toEqual([503, { active: 1, most: 1 }]);
  });

  test('because the service is stopping is answered with 503.', async () => {
    const made = await tiny(note);
    made.service.stopping = true;

    const response = await post(made, { goal: 'g' });

    expect([response.statusCode, response.json().detail]).toEqual([
      503,
      'The service takes no run now: it is stopping. Try again shortly.',
    ]);
  });
});

describe('A run that fails', () => {
  const failing = () =>
    tiny((run) =>
      step(
        run,
        { name: 'search_agent', kind: 'agent.run', agentName: 'SearchAgent', promptSha256: 'abc' },
        () => Promise.reject(new StepError('model_timeout', 'The model did not answer within 5 ms')),
      ),
    );

  test('is a problem that says which step of which agent it was, and where in the trace.', async () => {
    const made = await failing();

    const response = await post(made, { goal: 'g', run_id: runId });

    const failed = made.spans().find(({ name }) => name === 'search_agent');
    expect([response.statusCode, response.headers['content-type']]).toEqual([504, problemType]);
    expect(response.json()).toEqual({
      type: 'urn:agento:problem:out-of-time',
      title: 'The run took too long',
      status: 504,
      detail: 'The model did not answer within 5 ms',
      instance: '/run',
      run_id: runId,
      trace_id: failed?.traceId,
      module: 1,
      step: 'search_agent',
      agent_name: 'SearchAgent',
      span_id: failed?.spanId,
      prompt_sha256: 'abc',
    });
  });

  test('as a stream says so in its last event, after a 200, and its SERVER span is an error all the same.', async () => {
    const made = await failing();
    const url = await made.listen();

    const response = await fetch(url, {
      method: 'POST',
      headers: { ...json, accept: 'text/event-stream' },
      body: '{"goal":"g"}',
    });
    const events = eventsOf(await response.text());

    expect(response.status).toBe(200);
    expect(events.filter(([name]) => name.startsWith('run.')).map(([name]) => name)).toEqual([
      'run.started',
      'run.failed',
    ]);
    expect(events.at(-1)?.[1]).toMatchObject({
      problem: { status: 504, step: 'search_agent', agent_name: 'SearchAgent' },
    });
    await vi.waitFor(() => expect(made.spans().some(({ kind }) => kind === 'SERVER')).toBe(true));
    expect(
      made.spans().map(({ name, status, attributes }) => [name, status.code, attributes['error.type']]),
    ).toEqual(
      ['search_agent', 'final_assembly', 'run_module_1', 'request', 'POST /run'].map((name) => [
        name,
        'ERROR',
        'model_timeout',
      ]),
    );
  });

  test('by a fault of ours hides it from the caller and keeps it on the span.', async () => {
    const made = await tiny(() => Promise.reject(new TypeError('secret internals')));

    const response = await post(made, { goal: 'g' });

    expect(response.statusCode).toBe(500);
    expect(response.payload).not.toContain('secret internals');
    expect(made.spans().find(({ name }) => name === 'final_assembly')?.status.message).toContain(
      'secret internals',
    );
  });

  test('because its time is over is answered with 504 and gives up its work.', async () => {
    let given = false;
    const made = await tiny(
      (run) =>
        new Promise<string>((_, reject) => {
          run.signal.addEventListener('abort', () => {
            given = true;
            reject(run.signal.reason as Error);
          });
        }),
      { runTimeoutMs: 50 },
    );

    const response = await post(made, { goal: 'g' });

    expect([response.statusCode, response.json().detail, given]).toEqual([
      504,
      'The run took longer than 50 ms',
      true,
    ]);
    expect(made.service.runs.size).toBe(0);
  });
});

describe('A caller that leaves', () => {
  test.each([{}, { accept: 'text/event-stream' }])(
    'gives the run up, and every span says cancelled (%j).',
    async (headers) => {
      let reason: unknown;
      const made = await tiny(
        (run) =>
          new Promise<string>((_, reject) => {
            run.signal.addEventListener('abort', () => {
              reason = run.signal.reason;
              reject(reason as Error);
            });
          }),
      );
      const url = await made.listen();
      const caller = new AbortController();
      const asked = fetch(url, {
        method: 'POST',
        headers: { ...json, ...headers },
        body: '{"goal":"g"}',
        signal: caller.signal,
      })
        .then((response) => response.text())
        .catch((error: unknown) => error);
      await vi.waitFor(() => expect(made.service.runs.size).toBe(1));

      caller.abort();
      await asked;

      await vi.waitFor(() => expect(made.spans().some(({ kind }) => kind === 'SERVER')).toBe(true));
      await vi.waitFor(() => expect(made.service.runs.size).toBe(0));
      expect(reason).toMatchObject({ name: 'Cancelled', message: 'The caller closed the connection' });
      const ended = made
        .spans()
        .map(({ name, status, attributes }) => [name, status.code, attributes['error.type']]);
      expect(ended.sort()).toEqual(
        ['POST /run', 'final_assembly', 'request', 'run_module_1'].map((name) => [
          name,
          'ERROR',
          'cancelled',
        ]),
      );
      const metrics = await made.service.metrics.registry.metrics();
      expect(metrics).toContain('agento_runs_total{outcome="cancelled",module="1"} 1');
    },
  );
});

describe('Health and documents', () => {
  test('/livez says that the process is up.', async () => {
    const response = await (await tiny(note)).app.inject('/livez');

    expect([response.statusCode, response.json()]).toEqual([200, { status: 'alive' }]);
  });

  test('/readyz says whether a run can be taken, and what the service is connected to.', async () => {
    const response = await (await tiny(note, { nextUrl: 'http://next' })).app.inject('/readyz');

    expect([response.statusCode, response.headers['cache-control']]).toEqual([200, 'no-store']);
    expect(response.json()).toEqual({
      status: 'ready',
      module: 1,
      service: 'Agento-Module-1',
      stopping: false,
      runs: { active: 0, most: 2 },
      model: { active: 0, waiting: 0, endpoint: 'http://127.0.0.1:9/v1' },
      disk: 'writable',
      last_file_error: null,
      next: 'http://next',
      export: 'disabled',
    });
  });

  test('/metrics counts requests, runs and steps.', async () => {
    const made = await tiny(note);
    await post(made, { goal: 'g' });
    await post(made, {});

    const response = await made.app.inject('/metrics');

    expect(response.headers['content-type']).toContain('text/plain');
    const lines = response.payload.split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        'agento_http_requests_total{method="POST",route="/run",status="200",module="1"} 1',
        'agento_http_requests_total{method="POST",route="/run",status="400",module="1"} 1',
        'agento_runs_total{outcome="finished",module="1"} 1',
        'agento_runs_active{module="1"} 0',
        'agento_steps_total{step="final_assembly",agent="SuccessCriteriaGenerator",outcome="ok",module="1"} 1',
        'agento_model_calls_active{state="waiting",module="1"} 0',
      ]),
    );
    expect(response.payload).toContain('nodejs_eventloop_lag_seconds');
  });

  test('/openapi.json describes the run by the schemas that check it, and /docs shows it.', async () => {
    const { app } = await tiny(note);

    const document = (await app.inject('/openapi.json')).json();

    expect(Object.keys(document.paths).sort()).toEqual([
      '/livez',
      '/metrics',
      '/readyz',
      '/run',
      '/runs/{run_id}/artifacts/{name}',
    ]);
    const schema = document.paths['/run'].post.requestBody.content['application/json'].schema;
    expect([schema.required, schema.additionalProperties, Object.keys(schema.properties).sort()]).toEqual([
      ['goal'],
      false,
      ['context', 'goal', 'openai_trace_id', 'run_id', 'session_id', 'stop_after', 'trace_metadata'],
    ]);
    expect(Object.keys(document.components.schemas).sort()).toEqual(['Output', 'Problem']);
    const page = await app.inject('/docs/');
    expect([page.statusCode, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  });
});

describe("A run's files", () => {
  test('are given by name, with their media type.', async () => {
    const made = await tiny(note);
    await post(made, { goal: 'g', run_id: runId });

    const [plan, output] = await Promise.all(
      ['final_plan.md', 'module1_output.json'].map((name) =>
        made.app.inject(`/runs/${runId}/artifacts/${name}`),
      ),
    );

    expect([plan?.headers['content-type'], plan?.payload]).toEqual([
      'text/markdown; charset=utf-8',
      'Rent a room.',
    ]);
    expect([output?.headers['content-type'], output?.json().note]).toEqual([
      'application/json',
      'Rent a room.',
    ]);
  });

  test('that are not there are answered with 404.', async () => {
    const { app } = await tiny(note);

    const response = await app.inject(`/runs/${runId}/artifacts/final_plan.md`);

    expect(response.json()).toMatchObject({
      type: 'urn:agento:problem:not-found',
      status: 404,
      detail: `The run ${runId} has no final_plan.md here`,
    });
  });

  test.each([
    `/runs/${runId}/artifacts/..%2f..%2f..%2fetc%2fpasswd`,
    `/runs/${runId}/artifacts/../../../../etc/passwd`,
    `/runs/${runId}/artifacts/..`,
    `/runs/${runId}/artifacts/final_plan.md%00.json`,
    `/runs/${runId}/artifacts/.final_plan.md.1.2`,
    `/runs/${runId}/artifacts/module0_output.json`,
    `/runs/${runId}/artifacts/final_plan.md%0a`,
    '/runs/..%2f..%2fspool/artifacts/final_plan.md',
    '/runs/../artifacts/final_plan.md',
    '/runs/%2e%2e/artifacts/final_plan.md',
    `/runs/${runId}%2f..%2f${runId}/artifacts/final_plan.md`,
  ])('cannot be asked for by the path trick %s.', async (url) => {
    const made = await tiny(note);
    await post(made, { goal: 'g', run_id: runId });

    const response = await made.app.inject(url);

    expect([400, 404]).toContain(response.statusCode);
    expect(response.headers['content-type']).toBe(problemType);
    expect(response.payload).not.toContain('Rent a room.');
  });
});
