import { offlineProvider } from '@agento/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OfflineModel, offlineModelName, startOfflineModel } from '../src/index.ts';
import { post, requestFor } from './pipeline.ts';

let model: OfflineModel;
beforeAll(async () => {
  model = await startOfflineModel({ host: '127.0.0.1', port: 0, latencyMs: 0 });
});
afterAll(() => model.close());

const origin = () => model.url.replace('/v1', '');
const search = (goal: string) => requestFor('SearchAgent', { goal }, { type: 'object' });

interface Completion {
  id: string;
  usage: Record<string, number>;
  choices: [
    {
      finish_reason: string;
      message: { content: string | null; refusal: string | null; [field: string]: unknown };
    },
  ];
}
async function complete(body: unknown, init: RequestInit = {}): Promise<Completion> {
  const response = await post(model.url, body, init);
  expect(response.status).toBe(200);
  return (await response.json()) as Completion;
}
async function stats(): Promise<{ requests: number; inFlight: number; aborted: number }> {
  return (await (await fetch(`${origin()}/offline/stats`)).json()) as never;
}
/** Waits for what must come true; a test that waits in vain ends by its own time limit. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
}

test('answers with the model, the provider, an id of the request and a stated count of tokens', async () => {
  const body = { model: offlineModelName, messages: [{ role: 'user', content: 'Hello' }] };
  const answer = await complete(body);
  const content = answer.choices[0].message.content ?? '';
  const completion_tokens = Math.ceil(Buffer.byteLength(content) / 4);
  expect(answer).toEqual({
    id: expect.stringMatching(/^chatcmpl-[0-9a-f]{32}$/),
    object: 'chat.completion',
    created: expect.any(Number),
    model: 'agento-offline-1',
    provider: 'agento.offline',
    system_fingerprint: 'fp_agento_offline_1',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: expect.stringContaining('offline model'), refusal: null },
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
    usage: { prompt_tokens: 2, completion_tokens, total_tokens: 2 + completion_tokens },
  });
  const { created: _created, ...steady } = (await complete(body)) as Completion & { created: number };
  expect(answer).toMatchObject(steady);
  expect((await complete({ ...body, seed: 1 })).id).not.toBe(answer.id);
});

test('streams the same answer as chunks, with the usage where it is asked for', async () => {
  const body = search('Open a bakery');
  const whole = await complete(body);
  const response = await post(model.url, { ...body, stream: true, stream_options: { include_usage: true } });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  const events = (await response.text()).trimEnd().split('\n\n');
  expect(events.at(-1)).toBe('data: [DONE]');
  const chunks = events.slice(0, -1).map((event) => JSON.parse(event.slice('data: '.length)));
  const content = chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('');
  expect(content).toBe(whole.choices[0].message.content);
  expect(chunks.map(({ choices }) => choices[0]?.finish_reason).filter(Boolean)).toEqual(['stop']);
  expect(chunks.at(-1)).toMatchObject({ object: 'chat.completion.chunk', choices: [], usage: whole.usage });
  const plain = await (await post(model.url, { ...body, stream: true })).text();
  expect(plain).not.toContain('usage');
});

test('lists its one model and says that it is alive', async () => {
  const listed = { id: offlineModelName, object: 'model', created: 1_760_000_000, owned_by: offlineProvider };
  expect(await (await fetch(`${model.url}/models`)).json()).toEqual({ object: 'list', data: [listed] });
  expect(await (await fetch(`${model.url}/models/${offlineModelName}`)).json()).toEqual(listed);
  expect(await (await fetch(`${origin()}/livez`)).json()).toEqual({ status: 'ok', model: offlineModelName });
});

const chat = { model: offlineModelName, messages: [{ role: 'user', content: 'Hello' }] };
test.each([
  ['broken JSON', '{"model":', 400, null],
  ['a list', '[]', 400, null],
  ['no model', JSON.stringify({ ...chat, model: 1 }), 400, 'model'],
  ['an unknown model', JSON.stringify({ ...chat, model: 'gpt-unknown' }), 404, 'model'],
  ['no messages', JSON.stringify({ ...chat, messages: [] }), 400, 'messages'],
  ['a message without a role', JSON.stringify({ ...chat, messages: [{}] }), 400, 'messages[0].role'],
  [
    'content that is a number',
    JSON.stringify({ ...chat, messages: [{ role: 'user', content: 1 }] }),
    400,
    'messages[0].content',
  ],
  [
    'an unknown format',
    JSON.stringify({ ...chat, response_format: { type: 'xml' } }),
    400,
    'response_format',
  ],
  [
    'an agent’s input without its fields',
    JSON.stringify(requestFor('ItemEvaluator', { goal: 'x' })),
    400,
    'messages',
  ],
])('%s is refused as OpenAI-compatible servers do', async (_kind, body, status, param) => {
  const response = await fetch(`${model.url}/chat/completions`, { method: 'POST', body });
  expect(response.status).toBe(status);
  expect(await response.json()).toEqual({
    error: {
      message: expect.any(String),
      type: 'invalid_request_error',
      param,
      code: status === 404 ? 'model_not_found' : null,
    },
  });
});

test('fills any other JSON schema with its smallest instance', async () => {
  const schema = {
    type: 'object',
    properties: {
      name: { type: 'string' },
      kind: { enum: ['b', 'a'] },
      parts: { type: 'array', minItems: 2, items: { $ref: '#/$defs/part' } },
      note: { anyOf: [{ type: 'null' }, { type: 'string' }] },
    },
    required: ['name', 'kind', 'parts', 'note'],
    $defs: { part: { type: 'integer', minimum: 3 } },
  };
  const answer = await complete({
    ...chat,
    response_format: { type: 'json_schema', json_schema: { name: 'x', schema } },
  });
  expect(JSON.parse(answer.choices[0].message.content ?? '')).toEqual({
    name: 'offline',
    kind: 'b',
    parts: [3, 3],
    note: null,
  });
});

test('a repair call gets the same answer, from the first user message', async () => {
  const body = search('Open a bakery');
  const [first] = (await complete(body)).choices;
  const messages = [
    ...body.messages,
    { role: 'assistant', content: '{}' },
    { role: 'user', content: 'summary is required' },
  ];
  expect((await complete({ ...body, messages })).choices[0]).toEqual(first);
});

test('SearchAgent calls the search tool it is offered, then answers from the results', async () => {
  const tools = [{ type: 'function', function: { name: 'web_search', parameters: {} } }];
  const body = { ...search('Open a bakery'), tools };
  const [called] = (await complete(body)).choices;
  expect(called).toMatchObject({
    finish_reason: 'tool_calls',
    message: { content: null, tool_calls: [{ type: 'function', function: { name: 'web_search' } }] },
  });
  const [call] = called.message.tool_calls as [{ id: string; function: { arguments: string } }];
  expect(JSON.parse(call.function.arguments)).toEqual({ query: expect.stringContaining('bakery') });
  const result = {
    role: 'tool',
    tool_call_id: call.id,
    content: 'Sourdough sells: https://example.org/bread',
  };
  const [answered] = (await complete({ ...body, messages: [...body.messages, called.message, result] }))
    .choices;
  expect(JSON.parse(answered.message.content ?? '')).toMatchObject({
    summary: expect.stringContaining('Sourdough sells'),
    sources: [{ title: 'example.org/bread', url: 'https://example.org/bread' }],
  });
});

test('any other chat gets a call of each tool in turn, with the smallest arguments, then a sentence', async () => {
  const offered = (name: string, parameters: object) => ({
    type: 'function',
    function: { name, parameters },
  });
  const district = { type: 'string', enum: ['Leith', 'Morningside'] };
  const tools = [
    offered('find_workshops', { type: 'object', properties: { district }, required: ['district'] }),
    offered('note', { type: 'object', properties: {} }),
  ];
  const messages: object[] = [{ role: 'user', content: 'Who repairs bicycles?' }];
  const body = { model: 'agento-offline-1', tools, messages };
  const calls = [];
  for (const content of ['two workshops', 'noted']) {
    const [{ message, finish_reason }] = (await complete(body)).choices;
    const [call] = message.tool_calls as [{ id: string; function: object }];
    calls.push([finish_reason, call.function]);
    messages.push(message, { role: 'tool', tool_call_id: call.id, content });
  }
  expect(calls).toEqual([
    ['tool_calls', { name: 'find_workshops', arguments: '{"district":"Leith"}' }],
    ['tool_calls', { name: 'note', arguments: '{}' }],
  ]);
  const [answered] = (await complete(body)).choices;
  expect([answered.finish_reason, answered.message.content]).toEqual([
    'stop',
    expect.stringContaining('offline model'),
  ]);
  messages.splice(1);
  const [refrained] = (await complete({ ...body, tool_choice: 'none' })).choices;
  expect(refrained.finish_reason).toBe('stop');
});

test('a web search looks nothing up, says so, and cites addresses that cannot exist', async () => {
  const [choice] = (
    await complete({
      model: 'any-search-model',
      web_search_options: {},
      messages: [{ role: 'user', content: 'bakery' }],
    })
  ).choices;
  const content = choice.message.content ?? '';
  expect(content).toContain('Nothing was looked up');
  const annotations = choice.message.annotations as {
    type: string;
    url_citation: { url: string; start_index: number; end_index: number };
  }[];
  expect(annotations.length).toBeGreaterThanOrEqual(2);
  for (const { type, url_citation } of annotations) {
    expect(type).toBe('url_citation');
    expect(url_citation.url).toMatch(/^https:\/\/offline\.agento\.invalid\//);
    expect(content.slice(url_citation.start_index, url_citation.end_index)).toMatch(/\.$/);
  }
});

test('a fault marker in the goal applies as often as asked and leaves the answer as it would be', async () => {
  const marked = search(
    'Open a bakery [[fault:SearchAgent:429:1]][[fault:*:500:1]][[fault:ItemExpander:500]]',
  );
  const limited = await post(model.url, marked);
  expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '1']);
  expect((await post(model.url, marked)).status).toBe(500);
  expect((await complete(marked)).choices).toEqual((await complete(search('Open a bakery'))).choices);
});

test.each([
  ['429-7', 429, 'rate_limit_error'],
  ['500', 500, 'server_error'],
  ['no-schema', 400, 'invalid_request_error'],
])('the header asks for %s', async (kind, status, type) => {
  const response = await post(model.url, search('Open a bakery'), { headers: { 'x-offline-fault': kind } });
  expect(response.status).toBe(status);
  expect(await response.json()).toMatchObject({ error: { type } });
  expect(response.headers.get('retry-after')).toBe(status === 429 ? '7' : null);
});

test('an endpoint without json_schema still answers in JSON mode', async () => {
  const body = { ...search('Open a bakery'), response_format: { type: 'json_object' } };
  const [choice] = (await complete(body, { headers: { 'x-offline-fault': 'no-schema' } })).choices;
  expect(JSON.parse(choice.message.content ?? '')).toHaveProperty('sources');
});

test('content can be cut, misshapen or refused', async () => {
  const ask = async (kind: string) =>
    (await complete(search('Open a bakery'), { headers: { 'x-offline-fault': `SearchAgent:${kind}` } }))
      .choices[0];
  const cut = await ask('cut');
  expect(cut.finish_reason).toBe('length');
  expect(() => JSON.parse(cut.message.content ?? '')).toThrow(SyntaxError);
  expect(Object.keys(JSON.parse((await ask('wrong')).message.content ?? ''))).toEqual([
    'unexpected',
    'sources',
  ]);
  expect((await ask('refusal')).message).toMatchObject({ content: null, refusal: expect.any(String) });
});

test('a closed socket fails the request, and counts as no caller’s leaving', async () => {
  const before = await stats();
  const init = { headers: { 'x-offline-fault': 'close' } };
  await expect(post(model.url, search('Open a bakery'), init)).rejects.toThrow();
  await until(async () => (await stats()).inFlight === before.inFlight);
  expect(await stats()).toEqual({ ...before, requests: before.requests + 1 });
});

test('a latency delays the answer by at least that long', async () => {
  const started = performance.now();
  await complete(search('Open a bakery'), { headers: { 'x-offline-fault': 'latency-60' } });
  expect(performance.now() - started).toBeGreaterThanOrEqual(58);
});

test.each(['stall', 'stall-body', 'latency-600000'])(
  'a caller that leaves ends a %s at once',
  async (kind) => {
    const before = await stats();
    const leaving = new AbortController();
    const left = post(model.url, search('Open a bakery'), {
      headers: { 'x-offline-fault': kind },
      signal: leaving.signal,
    }).then((response) => response.text());
    const ended = expect(left).rejects.toThrow('abort');
    await until(async () => (await stats()).inFlight === before.inFlight + 1);
    leaving.abort();
    await ended;
    await until(async () => (await stats()).inFlight === before.inFlight);
    expect(await stats()).toEqual({ ...before, requests: before.requests + 1, aborted: before.aborted + 1 });
  },
);

test('keeps account of who was answered and who left, by the id of the answer, when it is asked to', async () => {
  const other = await startOfflineModel({ host: '127.0.0.1', port: 0, latencyMs: 0, keepsLedger: true });
  const ledger = async () => (await fetch(`${other.url.replace('/v1', '')}/offline/ledger`)).json();
  const answer = (await (await post(other.url, search('Open a bakery'))).json()) as Completion;
  const leaving = new AbortController();
  const slow = search('Open a bakery [[fault:*:latency-60000]]');
  const left = expect(post(other.url, slow, { signal: leaving.signal })).rejects.toThrow();
  await until(async () => ((await ledger()) as unknown[]).length === 2);
  leaving.abort();
  await left;
  await until(async () => JSON.stringify(await ledger()).match(/"abortedAt":\d/) !== null);
  expect(await ledger()).toEqual([
    { id: answer.id, askedAt: expect.any(Number), answeredAt: expect.any(Number), abortedAt: null },
    { id: expect.any(String), askedAt: expect.any(Number), answeredAt: null, abortedAt: expect.any(Number) },
  ]);
  await other.close();
  expect((await fetch(`${origin()}/offline/ledger`)).status).toBe(404);
});

test('closing the server ends what is in flight', async () => {
  const other = await startOfflineModel({ host: '127.0.0.1', port: 0, latencyMs: 600_000 });
  const waiting = expect(post(other.url, search('Open a bakery'))).rejects.toThrow();
  const counts = `${other.url.replace('/v1', '')}/offline/stats`;
  await until(async () => ((await (await fetch(counts)).json()) as { inFlight: number }).inFlight === 1);
  await other.close();
  await waiting;
});

test('a port in use is an error', async () => {
  await expect(startOfflineModel({ host: '127.0.0.1', port: model.port, latencyMs: 0 })).rejects.toThrow(
    'EADDRINUSE',
  );
});

test('fills in each entry that a schema names by itself, where no agent is known', async () => {
  const entry = (id: string) => ({
    type: 'object',
    properties: { id: { type: 'string', const: id }, score: { type: 'integer', minimum: 0 } },
  });
  const list = { type: 'array', prefixItems: [entry('c1'), entry('c2')], minItems: 2, maxItems: 2 };
  const schema = { type: 'object', properties: { scores: list }, required: ['scores'] };

  const { choices } = await complete(requestFor('Nobody', { goal: 'g' }, schema));

  expect(JSON.parse(choices[0].message.content ?? '')).toEqual({
    scores: [
      { id: 'c1', score: 0 },
      { id: 'c2', score: 0 },
    ],
  });
});
