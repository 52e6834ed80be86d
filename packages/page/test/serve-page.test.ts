import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildPage } from '../src/build-page.ts';
import { type PageServer, servePage } from '../src/index.ts';

let folder: string;
let server: PageServer;
beforeAll(async () => {
  await buildPage();
  folder = await mkdtemp(path.join(tmpdir(), 'agento-page-'));
  server = await servePage({ place: folder, jaegerUi: null, host: '127.0.0.1', port: 0, allowedHosts: [] });
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

test.each([
  ['GET', '/nowhere?key=secret', 'There is no GET /nowhere. '],
  ['GET', '/assets/nowhere.js', 'There is no GET /assets/nowhere.js. '],
  ['POST', '/run', 'There is no POST /run. '],
])('%s %s is answered with a problem that says what is there.', async (method, address, begins) => {
  const answer = await fetch(new URL(address, server.url), { method });
  expect([answer.status, answer.headers.get('content-type')]).toEqual([
    404,
    expect.stringMatching(/^application\/problem\+json/),
  ]);
  const problem = (await answer.json()) as { detail: string };
  expect(problem).toMatchObject({ type: 'about:blank', title: 'Not Found', status: 404 });
  expect(problem.detail).toContain(begins);
  for (const route of ['/, /evidence/runs', '/runs/{run_id}/evidence/why', "at module 1's address"])
    expect(problem.detail).toContain(route);
  expect(problem.detail).not.toContain('secret');
});

test('The page itself is there, and what it asks for.', async () => {
  const page = await fetch(server.url);
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  const runs = await fetch(new URL('/evidence/runs', server.url));
  expect(await runs.json()).toMatchObject({
    place: folder,
    takes_runs: false,
    models: [],
    jaeger_ui: null,
    runs: [],
  });
});
