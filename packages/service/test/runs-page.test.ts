import { buildPage } from '@agento/page/build';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { closeAll, tiny } from './harness.ts';

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
