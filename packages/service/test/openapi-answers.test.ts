import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { StepError, type StepErrorCode } from '@agento/agent';
import type { Problem } from '@agento/contracts';
import { afterEach, describe, expect, test } from 'vitest';
import { closeAll, eventsOf, nextModule, runId, type Tiny, type TinyWork, tiny } from './harness.ts';
import { type Document, faults } from './openapi.ts';

afterEach(closeAll);

const note = async () => 'Rent a room.';
const json = { 'content-type': 'application/json' };

/** The document a service gives, with the schemas that are described for an answer of it. */
async function served({ app }: Tiny) {
  const document = (await app.inject('/openapi.json')).json() as Document;
  return {
    document,
    /** What keeps an answer from what is described for it; a stream is compared by its events. */
    faultsOf(path: string, answer: Answer): unknown[] {
      const operation = Object.values(document.paths[path] ?? {})[0];
      const [type = ''] = String((answer.headers as Record<string, unknown>)['content-type']).split(';');
      const media = operation?.responses[answer.statusCode]?.content[type];
      if (!media) return [`${answer.statusCode} as ${type} is not described for ${path}`];
      if (type === 'text/event-stream') {
        const any = document.components.schemas.RunEvent as object;
        return eventsOf(answer.payload).flatMap(([event, data]) => faults(document, any, { event, data }));
      }
      const body: unknown = type.endsWith('json') ? JSON.parse(answer.payload) : answer.payload;
      if (type !== 'application/problem+json') return faults(document, media.schema, body);
      const kinds = Object.values(media.examples ?? {}).map(({ value }) => kindOf(value));
      const unknown = kinds.includes(kindOf(body)) ? [] : [`${kindOf(body)} is none of ${kinds}`];
      return [...unknown, ...faults(document, media.schema, body)];
    },
  };
}

interface Answer {
  statusCode: number;
  headers: object;
  payload: string;
}
type Settings = NonNullable<Parameters<typeof tiny>[1]>;

/** A step that fails with the code. */
function failing(code: StepErrorCode): TinyWork {
  return () => Promise.reject(new StepError(code, 'It failed'));
}

/** Asks over TCP, as what is no readable HTTP comes to no route. */
function rawly(headers: Record<string, string>) {
  return async (made: Tiny): Promise<Answer> => {
    const asked = request(await made.listen(), { method: 'POST', headers });
    asked.end('{}');
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    return { statusCode: response.statusCode ?? 0, headers: response.headers, payload: await text(response) };
  };
}

function kindOf(problem: unknown): string {
  const { type, title } = problem as Problem;
  return `${type}: ${title}`;
}

function post({ app }: Tiny, payload: string | object, headers: Record<string, string> = {}) {
  return app.inject({ method: 'POST', url: '/run', headers: { ...json, ...headers }, payload });
}

describe('What a service answers is what its document describes:', () => {
  test('the routes.', async () => {
    const made = await tiny(note);
    const { document } = await served(made);

    const routes = Object.entries(document.paths).map(([path, methods]) => [
      Object.keys(methods).map((method) => method.toUpperCase()),
      path.replaceAll(/\{(\w+)\}/g, ':$1'),
    ]);

    expect(
      routes.filter(
        ([methods, url]) => !made.app.hasRoute({ method: String(methods) as 'GET', url: String(url) }),
      ),
    ).toEqual([]);
    expect(routes.length).toBe(6);
  });

  test('outputs, and nothing less.', async () => {
    const made = await tiny(note);
    const { faultsOf } = await served(made);

    const answer = await post(made, { goal: 'g' });

    expect([answer.statusCode, faultsOf('/run', answer)]).toEqual([200, []]);
    expect(faultsOf('/run', { ...answer, payload: '{"goal":"g"}' })).not.toEqual([]);
  });

  test.each<[ending: string, TinyWork]>([
    ['run.finished', note],
    ['run.failed', failing('model_timeout')],
  ])('events up to %s.', async (ending, work) => {
    const made = await tiny(work);
    const { faultsOf } = await served(made);

    const answer = await post(made, { goal: 'g' }, { accept: 'text/event-stream' });

    expect([eventsOf(answer.payload).at(-1)?.[0], faultsOf('/run', answer)]).toEqual([ending, []]);
    const broken = answer.payload.replaceAll('"trace_id":"', '"id":"');
    expect(faultsOf('/run', { ...answer, payload: broken })).not.toEqual([]);
  });

  const url = `/runs/${runId}/artifacts/final_plan.md`;
  const get =
    (url: string, headers = {}) =>
    (made: Tiny) =>
      made.app.inject({ url, headers });
  const run =
    (payload: string | object, headers = {}) =>
    (made: Tiny) =>
      post(made, payload, headers);
  const twice = async (made: Tiny) => {
    await post(made, { goal: 'g', run_id: runId });
    return post(made, { goal: 'g', run_id: runId });
  };
  const files = '/runs/{run_id}/artifacts/{name}';
  const fileOf = (name: string) => async (made: Tiny) => {
    await post(made, { goal: 'g', run_id: runId });
    return made.app.inject(`/runs/${runId}/artifacts/${name}`);
  };
  const before = (answer: Parameters<typeof nextModule>[0]) => async () => ({
    nextUrl: (await nextModule(answer)).replace(/\/run$/, ''),
  });
  test.each<
    [
      status: number,
      what: string,
      path: string,
      ask: (made: Tiny) => Promise<Answer>,
      settings?: Settings | (() => Promise<Settings>),
      work?: TinyWork,
    ]
  >([
    [200, 'alive', '/livez', get('/livez')],
    [200, 'ready', '/readyz', get('/readyz')],
    [503, 'not ready', '/readyz', get('/readyz'), { maxRuns: 0 }],
    [200, 'figures', '/metrics', get('/metrics')],
    [200, 'a plan', files, fileOf('final_plan.md')],
    [200, 'an output', files, fileOf('module1_output.json')],
    [400, 'a name of no file', files, get(url.replace('final', 'first'))],
    [404, 'no file', files, get(url)],
    [414, 'a long address', files, get(url.replace(runId, 'x'.repeat(200)))],
    [401, 'no key for a file', files, get(url), { apiKeys: ['first-of-the-keys'] }],
    [403, 'a foreign host', '/livez', get('/livez', { host: 'evil.example' })],
    [400, 'no goal', '/run', run({})],
    [400, 'no JSON', '/run', run('{"goal"')],
    [400, 'no host', '/run', run({ goal: 'g' }, { host: 'a b' })],
    [401, 'no key', '/run', run({ goal: 'g' }), { apiKeys: ['first-of-the-keys'] }],
    [403, 'a page of another site', '/run', run({ goal: 'g' }, { origin: 'https://evil.example' })],
    [406, 'HTML', '/run', run({ goal: 'g' }, { accept: 'text/html' })],
    [409, 'the same run again', '/run', twice],
    [413, 'a large body', '/run', run({ goal: 'g', context: 'x'.repeat(1_100_000) })],
    [415, 'text', '/run', run('goal', { 'content-type': 'text/plain' })],
    [417, 'another expectation', '/run', rawly({ expect: 'the-best' })],
    [431, 'a long head', '/run', rawly({ long: 'x'.repeat(17_000) })],
    [500, 'a fault', '/run', run({ goal: 'g' }), {}, async () => Promise.reject(new Error('oh'))],
    [502, 'a model that fails', '/run', run({ goal: 'g' }), {}, failing('answer_invalid')],
    [502, 'no next module', '/run', run({ goal: 'g' }), before((response) => void response.destroy())],
    [
      503,
      'a busy next module',
      '/run',
      run({ goal: 'g' }),
      before((response) => {
        response.writeHead(503).end();
      }),
    ],
    [503, 'too many runs', '/run', run({ goal: 'g' }), { maxRuns: 0 }],
    [504, 'a slow model', '/run', run({ goal: 'g' }), {}, failing('model_timeout')],
  ])('%i for %s.', async (status, _what, path, ask, settings = {}, work = note) => {
    const made = await tiny(work, typeof settings === 'function' ? await settings() : settings);
    const { faultsOf } = await served(await tiny(note));

    const answer = await ask(made);

    expect([answer.statusCode, faultsOf(path, answer)]).toEqual([status, []]);
  });
});
