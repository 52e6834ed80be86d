import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { closeAll, eventsOf, type Tiny, tiny } from './harness.ts';

afterEach(closeAll);

const runId = '0b0e3c1a-7f43-4b3d-9c55-0c7f1f6f2a11';
const json = { 'content-type': 'application/json' };
const note = async () => 'Rent a room.';

function post({ app }: Tiny, payload: string | object, headers: Record<string, string> = {}) {
  return app.inject({ method: 'POST', url: '/run', headers: { ...json, ...headers }, payload });
}

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
      schema_version: 2,
      run_attempt: 1,
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
    expect((await readdir(folder)).sort()).toEqual(['final_plan.md', 'journal', 'module1_output.json']);
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
    const usage = { input_tokens: 0, output_tokens: 0, cost_usd: 0 };
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
      ['run.finished', { output: expect.objectContaining({ goal: 'g', note: 'Rent a room.' }), module: 1 }],
    ]);
  });

  test('has one trace: SERVER, request, and below it the run with its steps.', async () => {
    const made = await tiny(note);
    const url = await made.listen();

    await fetch(url, { method: 'POST', headers: json, body: '{"goal":"g"}' });

    await expect.poll(() => made.spans().some(({ kind }) => kind === 'SERVER')).toBe(true);
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
      detail: 'The module failed; see the trace and the log for the cause',
      step: 'validation',
      span_id: validation?.spanId,
    });
    expect(validation?.attributes).toMatchObject({
      'guardrail.passed': false,
      'guardrail.problems': ['/note: must not have more than 100 characters'],
      'error.type': 'internal',
    });
  });

  test('hand a paid-for output on although its folder is gone; the span and /readyz say so.', async () => {
    const made: Tiny = await tiny(async (run) => {
      const folder = join(made.dataDir, 'runs', run.id);
      await rm(folder, { recursive: true });
      await writeFile(folder, 'in the way');
      return 'Rent a room.';
    });

    const response = await post(made, { goal: 'g' });

    expect([response.statusCode, response.json().note]).toEqual([200, 'Rent a room.']);
    const spans = made.spans();
    expect(spans.find(({ name }) => name === 'file_export')?.status.code).toBe('ERROR');
    expect(spans.find(({ name }) => name === 'run_module_1')?.status.code).toBe('UNSET');
    const ready = await made.app.inject('/readyz');
    expect([ready.statusCode, ready.json().last_file_error]).toEqual([
      200,
      expect.stringContaining('ENOTDIR'),
    ]);
  });

  test('are never reached by a run that cannot be written down: it is refused before anything is paid.', async () => {
    let begun = false;
    const made = await tiny(
      async () => {
        begun = true;
        return 'n';
      },
      { dataDir: join(import.meta.filename, 'data') },
    );

    const response = await post(made, { goal: 'g' });

    expect([response.statusCode, begun]).toEqual([503, false]);
    expect(response.json().detail).toMatch(/^The run cannot be written down, so it was not begun: /);
  });
});
