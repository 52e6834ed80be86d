import type { RecordedCall, Run } from '@agento/agent';
import { type Replay, type ReplayedCall, redactedMark } from '@agento/contracts';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { closeAll, nextModule, runId, spans, type Tiny, tiny } from './harness.ts';

afterEach(closeAll);

const recordedRun = '7b0e3c1a-7f43-4b3d-9c55-0c7f1f6f2a77';
const evaluator = 'm2/plan_evaluation/PlanEvaluator';
const call = (key: string, content = '{}'): ReplayedCall => ({
  key,
  span: { trace_id: 'a'.repeat(32), span_id: 'b'.repeat(16) },
  answer: { content, finish_reason: 'stop', model: 'm', provider: 'p' },
});
const search = call('m1/search_agent/SearchAgent');
const planner = call('m2/plan_generation/LeanPlanner/p2');
const replay = (more: Partial<Replay> = {}): Replay => ({
  run_id: recordedRun,
  from: [evaluator],
  calls: [search, planner],
  ...more,
});

const post = ({ app }: Tiny, given: unknown) =>
  app.inject({
    method: 'POST',
    url: '/run',
    headers: { 'content-type': 'application/json' },
    payload: { goal: 'g', run_id: runId, replay: given },
  });
/** What the journal has under a key, whatever is asked. */
const given = (run: Run, key: string) => run.journal.replay?.(key, () => [])?.answer.content ?? null;

describe('A goal with a replay', () => {
  test('has its journal filled, and says on the run’s span what it is a replay of.', async () => {
    const change = { model: 'large-1', temperature: 0.2 };
    const made = await tiny(async (run) => {
      const changed = [evaluator, search.key].map((key) => run.changed?.(key)?.model ?? 'none');
      return `${given(run, search.key)} ${given(run, evaluator)} ${changed.join(' ')}`;
    });

    const answer = await post(made, replay({ change }));

    expect(answer.json()).toMatchObject({ note: '{} null large-1 none' });
    expect(answer.json()).not.toHaveProperty('replay');
    expect(spans().find(({ name }) => name === 'run_module_1')?.attributes).toMatchObject({
      'agento.replay.run_id': recordedRun,
      'agento.replay.from': [evaluator],
      'agento.replay.changed': ['model', 'temperature'],
    });
  });

  test('keeps what it was given: resumed after it failed, it is filled again.', async () => {
    let times = 0;
    const made = await tiny(async (run) => {
      times += 1;
      if (times === 1) throw new Error('broken');
      return `${given(run, search.key)} ${run.changed?.(evaluator)?.model}`;
    });
    made.executions.takeOver();
    expect((await post(made, replay({ change: { model: 'large-1' } }))).statusCode).toBe(500);
    await made.executions.settle(5_000);

    await made.app.inject({ method: 'POST', url: `/runs/${runId}/resume` });

    await vi.waitFor(async () => {
      const file = await made.app.inject(`/runs/${runId}/artifacts/module1_output.json`);
      expect(file.json()).toMatchObject({ note: '{} large-1' });
    }, 30_000);
  });

  test('is handed on with the calls of later modules alone.', async () => {
    const bodies: { replay?: unknown }[] = [];
    const next = await nextModule((response, _request, body) => {
      bodies.push(JSON.parse(body) as object);
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end('event: run.finished\ndata: {"output":{},"module":2}\n\n');
    });
    const made = await tiny(async () => 'n', { nextUrl: next.replace(/\/run$/, '') });

    await post(made, replay());

    expect(bodies).toMatchObject([{ replay: replay({ calls: [planner] }) }]);
  });

  test.each<[string, unknown, string, RegExp]>([
    [
      'a step that is not there',
      replay({ from: ['m2/plan_x/X'] }),
      '/replay/from/0',
      /^m2\/plan_x\/X is not the first call of a step$/,
    ],
    [
      'a repair call',
      replay({ from: [`${evaluator}/call-2`] }),
      '/replay/from/0',
      /is not the first call of a step$/,
    ],
    ['no step', replay({ from: [] }), '/replay/from', /./],
    [
      'an answer that something was taken out of',
      replay({ calls: [call(search.key, `{"key": "${redactedMark}"}`)] }),
      '/replay/calls/0/answer',
      /must not be shown to a model$/,
    ],
    [
      'a prompt of another agent',
      replay({ change: { prompt: '---\nagent: LeanPlanner\nversion: 1.0.0\n---\n# LeanPlanner\nPlan.' } }),
      '/replay/change/prompt',
      /^is of LeanPlanner, and a step in replay\.from is PlanEvaluator's$/,
    ],
    [
      'a prompt that something was taken out of',
      replay({
        change: {
          prompt: `---\nagent: PlanEvaluator\nversion: 9.0.0\n---\n# PlanEvaluator\nKey ${redactedMark}.`,
        },
      }),
      '/replay/change/prompt',
      /must not be shown to a model$/,
    ],
    [
      'a text that is no prompt',
      replay({ change: { prompt: 'Plan.' } }),
      '/replay/change/prompt',
      /front matter/,
    ],
    [
      'a setting that is none',
      { ...replay(), change: { top_p: 1 } },
      '/replay/change/top_p',
      /^unknown field top_p$/,
    ],
    [
      'an id that is none',
      { ...replay(), calls: [{ ...search, span: { trace_id: 'x', span_id: 'y' } }] },
      '/replay/calls/0/span/trace_id',
      /./,
    ],
  ])('is refused for %s, before anything is asked.', async (_what, wrong, pointer, detail) => {
    let asked = false;
    const made = await tiny(async () => {
      asked = true;
      return 'n';
    });

    const answer = await post(made, wrong);

    expect(answer.statusCode).toBe(400);
    const { errors } = answer.json() as { errors: { pointer: string; detail: string }[] };
    expect(errors).toContainEqual({ pointer, detail: expect.stringMatching(detail) });
    expect(asked).toBe(false);
  });
});

test('The journal of a run is what it recorded and what it was given, with that of the modules after it.', async () => {
  const later = { run_id: runId, run_attempt: 1, module: 2, goal: 'g', calls: [planner] };
  const next = await nextModule(
    (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end('event: run.finished\ndata: {"output":{},"module":2}\n\n');
    },
    (response) => void response.writeHead(200).end(JSON.stringify(later)),
  );
  const key = 'm1/criteria_generation/CriteriaGenerator';
  const recorded = {
    key,
    requestHash: 'ab'.repeat(32),
    answer: {
      id: 'answer-1',
      message: { content: 'Rent.', reasoning: 'Why?', refusal: null, tool_calls: [], finish_reason: 'stop' },
      json: null,
      annotations: [],
      model: 'm',
      provider: 'p',
      usage: { input: 10, output: 2 },
      tokenLimit: null,
      costUsd: 0.5,
    },
    span: { trace_id: 'c'.repeat(32), span_id: 'd'.repeat(16) },
    recordedAt: 1,
  } satisfies RecordedCall;
  const made = await tiny(
    async (run) => {
      await run.journal.record(recorded);
      return 'n';
    },
    { nextUrl: next.replace(/\/run$/, '') },
  );
  await post(made, replay());

  const answer = await made.app.inject(`/runs/${runId}/journal`);

  expect(answer.json()).toEqual({
    run_id: runId,
    run_attempt: 1,
    module: 1,
    goal: 'g',
    calls: [
      search,
      {
        key,
        request: recorded.requestHash,
        span: recorded.span,
        answer: { content: 'Rent.', finish_reason: 'stop', id: 'answer-1', model: 'm', provider: 'p' },
      },
    ],
    later,
  });
});

describe('The journal of an attempt that began in a later module', () => {
  const later = { run_id: runId, run_attempt: 2, module: 2, goal: 'g', calls: [planner] };
  const before = (answer: (path: string) => object | null) =>
    nextModule(
      (response) => void response.writeHead(500).end(),
      (response, { url = '' }) => {
        const found = answer(url);
        response.writeHead(found ? 200 : 404).end(JSON.stringify(found));
      },
    );

  test('is what that module says.', async () => {
    const asked: string[] = [];
    const next = await before((path) => {
      asked.push(path);
      return path.endsWith('/journal?attempt=2') ? later : null;
    });
    const made = await tiny(async () => 'n', { nextUrl: next.replace(/\/run$/, '') });
    await made.app.inject({
      method: 'POST',
      url: '/run',
      headers: { 'content-type': 'application/json' },
      payload: { goal: 'g', run_id: runId, stop_after: 1 },
    });

    expect((await made.app.inject(`/runs/${runId}/journal?attempt=2`)).json()).toEqual(later);
    const unknown = await made.app.inject(`/runs/${runId}/journal?attempt=3`);
    expect([unknown.statusCode, unknown.json().detail]).toEqual([
      404,
      `The run ${runId}, attempt 3, is not known here`,
    ]);
    expect(asked).toEqual([2, 3].map((attempt) => `/runs/${runId}/journal?attempt=${attempt}`));
  });

  test('or of one that stopped, whose output was posted to the next: its own, and what that one says.', async () => {
    const next = await before(() => ({ ...later, run_attempt: 1 }));
    const made = await tiny(async () => 'n', { nextUrl: next.replace(/\/run$/, '') });
    await made.app.inject({
      method: 'POST',
      url: '/run',
      headers: { 'content-type': 'application/json' },
      payload: { goal: 'g', run_id: runId, stop_after: 1 },
    });

    expect((await made.app.inject(`/runs/${runId}/journal`)).json()).toMatchObject({
      module: 1,
      calls: [],
      later: { module: 2, calls: [planner] },
    });
  });
});
