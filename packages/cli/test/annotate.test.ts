import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { recordedText } from '@agento/evidence/recorded';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { agento } from './test-terminal.ts';

const folder = mkdtempSync(join(tmpdir(), 'annotate-'));
const recorded = join(folder, 'run.jsonl');
writeFileSync(recorded, recordedText());
afterAll(() => rmSync(folder, { recursive: true }));

interface Asked {
  path: string;
  key: string | undefined;
  data: { name: string; identifier: string; span_id?: string; trace_id?: string }[];
}

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A server in Phoenix's place, which answers everything with this status and body. */
async function startScripted(status: number, body: object): Promise<{ url: string; asked: Asked[] }> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const { data = [] } = (await json(request)) as Partial<Asked>;
    asked.push({ path: request.url ?? '', key: request.headers.authorization, data });
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

const annotate = (url: string, env: NodeJS.ProcessEnv = {}) =>
  agento(['annotate', recorded, '--phoenix', url], { env });

describe('annotate', () => {
  test('sends each verdict once under an identifier of its own, what came of the run, and the key.', async () => {
    const phoenix = await startScripted(200, { data: [] });
    const { exitCode, stdout, stderr } = await annotate(phoenix.url, { PHOENIX_API_KEY: 'phoenix-key-1234' });

    expect([exitCode, stderr]).toEqual([0, '']);
    const [spans, traces, cost] = phoenix.asked;
    expect(phoenix.asked.map(({ path }) => path)).toEqual([
      '/v1/span_annotations?sync=true',
      '/v1/trace_annotations?sync=true',
      '/graphql',
    ]);
    const own = spans?.data.map(({ span_id, name, identifier }) => `${span_id} ${name} ${identifier}`) ?? [];
    expect(own.length).toBeGreaterThan(50);
    expect(new Set(own).size).toBe(own.length);
    expect(traces?.data.map(({ name }) => name)).toEqual(expect.arrayContaining(['outcome', 'score']));
    expect([spans?.key, cost?.key]).toEqual(['Bearer phoenix-key-1234', 'Bearer phoenix-key-1234']);
    expect(stdout).toContain(`${own.length} verdicts; outcome, score`);
  });

  test.each([
    [401, { detail: 'Unauthorized' }, 'PHOENIX_API_KEY is needed'],
    [404, { detail: 'Spans with IDs ab, cd do not exist.' }, 'Send its trace there first'],
    [404, { detail: 'Not Found' }, "Name the address of Phoenix's page"],
  ])('says what to do when it is answered %i %o.', async (status, body, hint) => {
    const { url } = await startScripted(status, body);
    const { exitCode, stderr } = await annotate(url);

    expect([exitCode, stderr]).toEqual([3, expect.stringContaining(hint)]);
  });

  test('says what to do where nobody is.', async () => {
    const { exitCode, stderr } = await annotate('http://127.0.0.1:1');

    expect([exitCode, stderr]).toEqual([3, expect.stringContaining("Name the address of Phoenix's page")]);
  });
});

describe('annotate for Langfuse', () => {
  interface Score {
    id: string;
    traceId: string;
    observationId?: string;
    name: string;
    value: number | string;
    dataType: string;
  }
  const keys = { LANGFUSE_PUBLIC_KEY: 'pk-lf-0123456789ab', LANGFUSE_SECRET_KEY: 'sk-lf-fedcba98765432' };

  /** A server in Langfuse's place; `answer` is what it says to every batch. */
  async function startLangfuse(status: number, answer: object) {
    const asked: { path: string; key: string | undefined; batch: { type: string; body: Score }[] }[] = [];
    const server = createServer(async (request, response) => {
      const { batch } = (await json(request)) as { batch: { type: string; body: Score }[] };
      asked.push({ path: request.url ?? '', key: request.headers.authorization, batch });
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(() => server.close());
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
  }
  const score = (url: string, env: NodeJS.ProcessEnv) =>
    agento(['annotate', recorded, '--langfuse', url], { env });

  test('sends verdicts and what came of the run as scores, each under an id that is the same again.', async () => {
    const langfuse = await startLangfuse(207, { successes: [], errors: [] });
    const { exitCode, stderr } = await score(langfuse.url, keys);
    await score(langfuse.url, keys);

    expect([exitCode, stderr]).toEqual([0, '']);
    const [first, again] = langfuse.asked;
    expect([first?.path, first?.key]).toEqual([
      '/api/public/ingestion',
      `Basic ${Buffer.from('pk-lf-0123456789ab:sk-lf-fedcba98765432').toString('base64')}`,
    ]);
    const scores = first?.batch.map(({ body }) => body) ?? [];
    const ids = scores.map(({ id }) => id);
    expect(new Set(ids).size).toBe(scores.length);
    expect(again?.batch.map(({ body }) => body.id)).toEqual(ids);
    const ofSpans = scores.filter(({ observationId }) => observationId !== undefined);
    expect(ofSpans.length).toBeGreaterThan(50);
    expect(ofSpans.every(({ value, dataType }) => typeof value === 'number' && dataType === 'NUMERIC')).toBe(
      true,
    );
    expect(scores.find(({ name }) => name === 'outcome')).toMatchObject({
      traceId: 'caf44cc231bfc0e4aaa8aea3a11f3a74',
      value: 'held',
      dataType: 'CATEGORICAL',
    });
  });

  test.each([
    [{}, 207, {}, 'set LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY'],
    [keys, 401, { message: 'Invalid credentials' }, 'are not those of a project there'],
    [keys, 404, { message: 'Not Found' }, "Name the address of Langfuse's page"],
    [keys, 207, { errors: [{ id: 'a', status: 400, message: 'Invalid score' }] }, 'refused a: Invalid score'],
  ])('says what to do with %o when it is answered %i %o.', async (env, status, answer, hint) => {
    const { url } = await startLangfuse(status, answer);
    const { exitCode, stderr } = await score(url, env);

    expect([exitCode, stderr]).toEqual([3, expect.stringContaining(hint)]);
  });

  test('says what to name where no address is given.', async () => {
    const { exitCode, stderr } = await agento(['annotate', recorded], {});

    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('--phoenix <url>, --langfuse <url>')]);
  });
});
