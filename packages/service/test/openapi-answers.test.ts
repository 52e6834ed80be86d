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
    /** What keeps an answer from what is described for it (`path`, or `METHOD path`); a stream is compared by its events. */
    faultsOf(path: string, answer: Answer): unknown[] {
      const [route = '', method] = path.split(' ').reverse();
      const methods = document.paths[route] ?? {};
      const operation = method ? methods[method.toLowerCase()] : Object.values(methods)[0];
      const described = operation?.responses[answer.statusCode];
      if (described && !described.content) return answer.payload === '' ? [] : ['it has content'];
      const [type = ''] = String((answer.headers as Record<string, unknown>)['content-type']).split(';');
      const media = described?.content?.[type];
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

/** A work that ends only when it is cancelled. */
const untilCancelled: TinyWork = ({ signal }) =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));

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

    const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => ({
        method: method.toUpperCase() as 'GET',
        url: path.replaceAll(/\{(\w+)\}/g, ':$1'),
      })),
    );

    expect(routes.filter((route) => !made.app.hasRoute(route))).toEqual([]);
    expect(routes.length).toBe(25);
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
  const ofRun = '/runs/{run_id}';
  const followed = '/runs/{run_id}/events';
  const resumed = '/runs/{run_id}/resume';
  /** Asks once the run has ended. */
  const then =
    (method: 'GET' | 'DELETE' | 'POST', url: string, headers = {}) =>
    async (made: Tiny) => {
      await post(made, { goal: 'g', run_id: runId });
      return made.app.inject({ method, url, headers });
    };
  const keyed = (goal: string) => (made: Tiny) => post(made, { goal }, { 'idempotency-key': 'k' });
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
    [200, 'figures with exemplars', '/metrics', get('/metrics', { accept: 'application/openmetrics-text' })],
    [200, 'a plan', files, fileOf('final_plan.md')],
    [200, 'an output', files, fileOf('module1_output.json')],
    [400, 'a name of no file', files, get(url.replace('final', 'first'))],
    [404, 'no file', files, get(url)],
    [414, 'a long address', files, get(url.replace(runId, 'x'.repeat(200)))],
    [200, 'runs', '/runs', then('GET', '/runs')],
    [400, 'a state that is none', '/runs', get('/runs?state=lost')],
    [200, 'a run', ofRun, then('GET', `/runs/${runId}`)],
    [400, 'no UUID', ofRun, get('/runs/x')],
    [404, 'no run', ofRun, get(`/runs/${runId}`)],
    [401, 'no key for a run', ofRun, get(`/runs/${runId}`), { apiKeys: ['first-of-the-keys'] }],
    [200, 'the events of a run', followed, then('GET', `/runs/${runId}/events`)],
    [204, 'the end seen', followed, then('GET', `/runs/${runId}/events`, { 'last-event-id': '1.end' })],
    [404, 'events of no run', followed, get(`/runs/${runId}/events`)],
    [204, 'a run deleted', `DELETE ${ofRun}`, then('DELETE', `/runs/${runId}`)],
    [
      202,
      'a run cancelled',
      `DELETE ${ofRun}`,
      async (made) => {
        await post(made, { goal: 'g', run_id: runId }, { prefer: 'respond-async' });
        return made.app.inject({ method: 'DELETE', url: `/runs/${runId}` });
      },
      {},
      untilCancelled,
    ],
    [
      404,
      'no run to delete',
      `DELETE ${ofRun}`,
      (made) => made.app.inject({ method: 'DELETE', url: `/runs/${runId}` }),
    ],
    [
      502,
      'a delete that the next module does not answer',
      `DELETE ${ofRun}`,
      async (made) => {
        await post(made, { goal: 'g', run_id: runId, stop_after: 1 });
        return made.app.inject({ method: 'DELETE', url: `/runs/${runId}` });
      },
      { nextUrl: 'http://127.0.0.1:9' },
    ],
    [
      202,
      'a failed run resumed',
      resumed,
      then('POST', `/runs/${runId}/resume`),
      {},
      failing('model_timeout'),
    ],
    [
      404,
      'no run to resume',
      resumed,
      (made) => made.app.inject({ method: 'POST', url: `/runs/${runId}/resume` }),
    ],
    [409, 'a finished run resumed', resumed, then('POST', `/runs/${runId}/resume`)],
    [202, 'a run for later', '/run', run({ goal: 'g' }, { prefer: 'respond-async' })],
    [
      422,
      'a key with another body',
      '/run',
      async (made) => {
        await keyed('one')(made);
        return keyed('another')(made);
      },
    ],
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
