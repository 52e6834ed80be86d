import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { closeAll, type Tiny, tiny } from './harness.ts';

afterEach(closeAll);

const runId = '0b0e3c1a-7f43-4b3d-9c55-0c7f1f6f2a11';
const json = { 'content-type': 'application/json' };
const note = async () => 'Rent a room.';
const problemType = 'application/problem+json; charset=utf-8';

function post({ app }: Tiny, payload: string | object, headers: Record<string, string> = {}) {
  return app.inject({ method: 'POST', url: '/run', headers: { ...json, ...headers }, payload });
}

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
      runs: { working: 0, handed_on: 0, queued: 0, most: 2 },
      store: 'folder',
      model: { active: 0, waiting: 0, circuit: 'closed', endpoint: 'http://127.0.0.1:9/v1' },
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

  test('/docs shows the API.', async () => {
    const { app } = await tiny(note);

    const page = await app.inject('/docs/');
    expect([page.statusCode, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    // What the content security policy lets it load: files of its own, nothing inline.
    expect(page.payload).not.toMatch(/<script(?![^>]*\ssrc=["']\.?\/)[^>]*>|\son\w+=|https?:\/\//);
    expect(page.headers['content-security-policy']).toContain("script-src 'self'");
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

  test('are sent as attachments that no browser takes for a page.', async () => {
    const made = await tiny(note);
    await post(made, { goal: 'g', run_id: runId });

    const { headers } = await made.app.inject(`/runs/${runId}/artifacts/final_plan.md`);

    expect(headers).toMatchObject({
      'content-disposition': 'attachment; filename="final_plan.md"',
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
      'cache-control': 'no-store',
    });
  });

  test.each(['the file', "the run's folder", 'the folder of runs'])(
    'are not those that a link leads to: %s.',
    async (what) => {
      const made = await tiny(note);
      const outside = join(made.dataDir, 'outside');
      const runs = join(made.dataDir, 'runs');
      await mkdir(join(outside, runId), { recursive: true });
      await writeFile(join(outside, runId, 'final_plan.md'), 'Rent a room.');
      if (what === 'the folder of runs') await symlink(outside, runs);
      if (what === "the run's folder") {
        await mkdir(runs);
        await symlink(join(outside, runId), join(runs, runId));
      }
      if (what === 'the file') {
        await mkdir(join(runs, runId), { recursive: true });
        await symlink(join(outside, runId, 'final_plan.md'), join(runs, runId, 'final_plan.md'));
      }

      const response = await made.app.inject(`/runs/${runId}/artifacts/final_plan.md`);

      expect([response.statusCode, response.payload.includes('Rent a room.')]).toEqual([404, false]);
    },
  );

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
