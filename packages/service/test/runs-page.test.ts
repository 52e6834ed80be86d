import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildPage } from '@agento/page/build';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { closeAll, runId, tiny } from './harness.ts';

const key = 'key-of-the-tests-caller';
const note = async () => 'Rent a room.';

beforeAll(() => buildPage());
afterEach(closeAll);

test('The page is read without a key, and loads nothing from elsewhere; the evidence it shows needs one.', async () => {
  const { app } = await tiny(note, { apiKeys: [key] });
  const page = await app.inject('/');
  expect([page.statusCode, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  expect(page.headers['content-security-policy']).toContain("default-src 'none'");
  const [, script = ''] = /src="\.(\/assets\/[^"]+)"/.exec(page.payload) ?? [];
  const loaded = await app.inject(script);
  expect([loaded.statusCode, loaded.headers['cache-control']]).toEqual([
    200,
    'public, max-age=31536000, immutable',
  ]);

  const unknown = await app.inject('/evidence/runs');
  expect([unknown.statusCode, unknown.json().type]).toEqual([401, 'urn:agento:problem:unauthorized']);
  const known = await app.inject({ url: '/evidence/runs', headers: { authorization: `Bearer ${key}` } });
  expect([known.statusCode, known.json()]).toMatchObject([
    200,
    { takes_runs: true, models: ['gpt-5-mini'], runs: [] },
  ]);
});

test('Files beside it are none of its own, and only module 1 has it.', async () => {
  const first = await tiny(note);
  for (const url of ['/assets/nowhere.js', '/assets/..%2findex.html', '/.sources'])
    expect([url, (await first.app.inject(url)).statusCode]).toEqual([url, 404]);
  const second = await tiny(note, { module: 2 });
  for (const url of ['/', '/evidence/runs'])
    expect([url, (await second.app.inject(url)).statusCode]).toEqual([url, 404]);
});

test('The trace of a run is deleted once it has ended, by who has a key and comes from no other site.', async () => {
  const gate = Promise.withResolvers<string>();
  const { app, dataDir } = await tiny(() => gate.promise, { apiKeys: [key] });
  const authorization = `Bearer ${key}`;
  const remove = (headers: Record<string, string>) =>
    app.inject({ method: 'DELETE', url: `/runs/${runId}/evidence`, headers });
  const file = join(dataDir, 'traces', `${'a'.repeat(32)}.jsonl`);
  await mkdir(join(dataDir, 'traces'));
  await writeFile(file, traceOf(runId));
  await app.inject({
    method: 'POST',
    url: '/run',
    headers: { authorization, prefer: 'respond-async' },
    payload: { goal: 'g', run_id: runId },
  });

  const goingOn = await remove({ authorization });
  expect([goingOn.statusCode, goingOn.json()]).toMatchObject([
    409,
    { type: 'urn:agento:problem:conflict', title: 'The evidence cannot be deleted', run_id: runId },
  ]);
  expect(goingOn.json().detail).toMatch(
    /^The run is \w+: cancel it \(DELETE .*\) or wait until it has ended, then delete its evidence$/,
  );
  gate.resolve('done');
  await vi.waitFor(async () => {
    const run = await app.inject({ url: `/runs/${runId}`, headers: { authorization } });
    expect(run.json().state).toBe('finished');
  }, 30_000);
  expect((await remove({})).statusCode).toBe(401);
  expect((await remove({ authorization, origin: 'http://elsewhere.example' })).statusCode).toBe(403);
  expect(existsSync(file)).toBe(true);

  await expect.poll(async () => (await remove({ authorization })).statusCode).toBe(204);
  expect(existsSync(file)).toBe(false);
  const again = await remove({ authorization });
  expect([again.statusCode, again.json()]).toMatchObject([404, { type: 'urn:agento:problem:not-found' }]);
});

test('A trace in Jaeger is not deleted: the answer says when it goes.', async () => {
  const { app } = await tiny(note, { evidence: { url: 'http://127.0.0.1:9' } });
  const answer = await app.inject({ method: 'DELETE', url: `/runs/${runId}/evidence` });
  expect([answer.statusCode, answer.json()]).toMatchObject([
    409,
    {
      title: 'The evidence cannot be deleted',
      detail: expect.stringContaining('it goes when its retention ends'),
    },
  ]);
  const list = await tiny(note);
  expect((await list.app.inject('/evidence/runs')).json().removes_traces).toBe(true);
});

/** The line of a trace file with the root of a run. */
function traceOf(run: string): string {
  const span = {
    ...{ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), name: 'run_module_1', kind: 1 },
    ...{ startTimeUnixNano: '1', endTimeUnixNano: '2' },
    attributes: [{ key: 'agento.run.id', value: { stringValue: run } }],
  };
  const scopeSpans = [{ scope: { name: 'agento.module1' }, spans: [span] }];
  return `${JSON.stringify({ resourceSpans: [{ resource: {}, scopeSpans }] })}\n`;
}
