import { mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { RunSummary } from '@agento/evidence';
import { recordedAgainText, recordedText } from '@agento/evidence/recorded';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EvidenceSource, folderSource } from '../src/evidence-source.ts';
import { type EvidenceThread, registerEvidenceRoutes, startEvidenceThread } from '../src/index.ts';

const run = '7be0e179-6467-4b85-abad-dc729025edb9';
const again = '0190a3c2-7f1e-7c3a-9d35-0242ac120003';

let app: FastifyInstance;
let folder: string;
let thread: EvidenceThread;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'agento-evidence-api-'));
  await mkdir(path.join(folder, 'traces'));
  await writeFile(path.join(folder, 'traces', 'caf44cc231bfc0e4aaa8aea3a11f3a74.jsonl'), recordedText());
  await writeFile(path.join(folder, 'traces', '0af7651916cd43dd8448eb211c803193.jsonl'), recordedAgainText());
  app = Fastify();
  app.setValidatorCompiler(() => () => true);
  app.setErrorHandler<Error & { statusCode?: number }>((error, _request, reply) =>
    reply.code(error.statusCode ?? 500).send({ detail: error.message }),
  );
  thread = startEvidenceThread({
    place: folder,
    models: null,
    jaegerUi: 'https://someone:word@traces.example/ui/?x=1',
  });
  registerEvidenceRoutes(app, thread, (statusCode, detail) =>
    Object.assign(new Error(detail), { statusCode }),
  );
});
afterAll(async () => {
  await app.close();
  await thread.close();
  await rm(folder, { recursive: true });
});

async function get<T>(url: string): Promise<{ status: number; body: T }> {
  const { statusCode, body } = await app.inject(url);
  return { status: statusCode, body: JSON.parse(body) as T };
}

/** Asks until everything is read, which a busy machine may not do at once. */
async function wholeList(source: Pick<EvidenceSource, 'runs'>, most = 10): Promise<RunSummary[]> {
  const { runs, is_whole } = await source.runs(most);
  return is_whole ? runs : wholeList(source, most);
}

test('The runs of a folder are listed, the newest first, with where they lie.', async () => {
  type Listed = { place: string; is_whole: boolean; runs: { run_id: string; models: string[] }[] };
  const listed = async (): Promise<Listed> => {
    const { body } = await get<Listed>('/evidence/runs');
    return body.is_whole ? body : listed();
  };
  const body = await listed();
  expect(body.place).toBe(folder);
  expect(body.runs.map(({ run_id }) => run_id)).toEqual([again, run]);
  expect(body.runs[0]?.models).toEqual(['agento-offline-1']);
  expect((await get<{ runs: unknown[] }>('/evidence/runs?limit=1')).body.runs.length).toBe(1);
});

test('What the newest runs spent is summed by agent and by module; a trace that cannot be read is said.', async () => {
  type Costs = {
    runs: number;
    unread: { source: string; why: string }[];
    agents: Record<string, { calls: number }>;
    modules: Record<string, { calls: number }>;
  };
  const broken = path.join(folder, 'traces', 'broken.jsonl');
  await writeFile(broken, 'no trace at all');
  const [{ body: one }, { body: both }] = [
    await get<Costs>('/evidence/costs?runs=1'),
    await get<Costs>('/evidence/costs'),
  ];
  await rm(broken);
  expect([one.runs, both.runs]).toEqual([1, 2]);
  expect(both.unread).toEqual([{ source: broken, why: 'holds no trace in OTLP JSON.' }]);
  expect(Object.keys(both.modules)).toEqual(['1', '2', '3', '4', '5']);
  expect(one.agents.ItemEvaluator?.calls).toBeGreaterThan(0);
  expect(both.agents.ItemEvaluator?.calls).toBe(2 * (one.agents.ItemEvaluator?.calls ?? 0));
  expect(both.modules['3']?.calls).toBe(2 * (one.modules['3']?.calls ?? 0));
});

test('Summaries are kept beside the traces for the next process; what is damaged is made again, what is gone forgotten.', async () => {
  const own = await mkdtemp(path.join(tmpdir(), 'agento-summaries-'));
  const traces = path.join(own, 'traces');
  const kept = path.join(own, 'evidence', 'runs.json');
  const names = async () =>
    (JSON.parse(await readFile(kept, 'utf8')) as { files: [string][] }).files.map(([name]) => name).sort();
  const list = async () => (await wholeList(folderSource(own))).map(({ run_id }) => run_id);
  try {
    await mkdir(traces);
    for (const [name, text] of [
      ['a', recordedText()],
      ['b', recordedAgainText()],
    ] as const) {
      await writeFile(path.join(traces, `${name}.jsonl`), text);
      // A file that may still grow is not kept.
      await utimes(path.join(traces, `${name}.jsonl`), 1_700_000_000, 1_700_000_000);
    }
    expect((await list()).sort()).toEqual([again, run].sort());
    expect(await names()).toEqual(['traces/a.jsonl', 'traces/b.jsonl']);

    await writeFile(kept, (await readFile(kept, 'utf8')).replaceAll(run, again));
    expect(await list()).toEqual([again, again]);

    await writeFile(kept, '{"version":1,"fil');
    await rm(path.join(traces, 'a.jsonl'));
    expect(await list()).toEqual([again]);
    expect(await names()).toEqual(['traces/b.jsonl']);

    await folderSource(own).remove(again);
    expect(await names()).toEqual([]);
  } finally {
    await rm(own, { recursive: true });
  }
});

test('A run comes without its prompts and answers, which are most of it.', async () => {
  const { body } = await get<{ steps: object[]; calls: object[]; items: unknown[] }>(`/runs/${run}/evidence`);
  expect(body.steps.length).toBeGreaterThan(50);
  expect(body.items.length).toBeGreaterThan(0);
  for (const part of [...body.steps, ...body.calls])
    expect(Object.keys(part).filter((key) => ['prompt', 'answer', 'outputs'].includes(key))).toEqual([]);
});

test('A thing is shown, and why it is so, as the command line has it.', async () => {
  const shown = await get<{ page: object[]; data: { kind: string } }>(`/runs/${run}/evidence/show?what=c1`);
  expect(shown.body.data.kind).toBe('criterion');
  const why = await get<{ data: { links: { key: string }[] } }>(
    `/runs/${run}/evidence/why?what=plan_selection`,
  );
  expect(why.body.data.links.at(-1)?.key).toBe('goal');
});

test('A chain is as long as is asked, says how much of it is left out, and always ends with the goal.', async () => {
  const chain = async (depth: string) => {
    const { body } = await get<{ data: { links: { key: string; depth: number }[]; links_left_out: number } }>(
      `/runs/${run}/evidence/why?what=p3-i2-a2${depth}`,
    );
    return body.data;
  };
  const whole = await chain('');
  expect(whole.links_left_out).toBe(0);
  expect(await chain('&depth=all')).toEqual(whole);
  const near = await chain('&depth=1');
  expect(near.links.filter(({ depth, key }) => depth > 1 && key !== 'goal')).toEqual([]);
  expect(near.links.at(-1)?.key).toBe('goal');
  expect(near.links.length + near.links_left_out).toBe(whole.links.length);
});

test('Spans come in a line each, and one of them whole, with what links to it.', async () => {
  const { body: rows } = await get<{ span_id: string; name: string }[]>(`/runs/${run}/evidence/spans`);
  const chosen = rows.find(({ name }) => name === 'criteria_generation');
  const { body: span } = await get<{ name: string; attributes: object; linked_from: { name: string }[] }>(
    `/runs/${run}/evidence/spans/${chosen?.span_id}`,
  );
  expect(span).toMatchObject({
    name: 'criteria_generation',
    attributes: { 'agent.name': 'CriteriaGenerator' },
  });
  expect(span.linked_from.map(({ name }) => name)).toContain('criteria_evaluation');
});

test('What the audit finds in a run is told with its place, and which rules had nothing to look at.', async () => {
  const { body } = await get<{ data: { findings: { rule: string; run_id: string }[]; unjudged: object[] } }>(
    `/runs/${run}/evidence/findings`,
  );
  expect(body.data.findings.length).toBeGreaterThan(0);
  expect(new Set(body.data.findings.map(({ run_id }) => run_id))).toEqual(new Set([run]));
  expect(body.data.unjudged.length).toBeGreaterThan(0);
});

test('What the audit finds in the newest runs names the run of each finding; a trace that cannot be read is said.', async () => {
  const broken = path.join(folder, 'traces', 'broken.jsonl');
  await writeFile(broken, 'no trace at all');
  const { body } = await get<{
    page: { text: string }[];
    data: {
      runs: number;
      findings: { run_id: string; run_attempt: number | null; span_id: string | null }[];
      unread: { source: string }[];
      goals: Record<string, string>;
    };
  }>('/evidence/findings?runs=2');
  await rm(broken);
  const { data } = body;
  expect(body.page[0]?.text).toMatch(/^2 runs: /);
  expect(new Set(data.findings.map(({ run_id }) => run_id))).toEqual(new Set([run, again]));
  expect(data.findings.filter((one) => one.span_id !== null && one.run_attempt === null)).toEqual([]);
  expect(data.unread.map(({ source }) => source)).toEqual([broken]);
  expect(Object.keys(data.goals).sort()).toEqual([again, run].sort());
});

test('Two runs are compared: the same answers make the same run.', async () => {
  const { body } = await get<{ data: { is_same: boolean } }>(`/runs/${again}/evidence/compare?with=${run}`);
  expect(body.data.is_same).toBe(true);
});

test('Of both runs that are compared an attempt can be named.', async () => {
  const same = await get<{ data: { is_same: boolean } }>(
    `/runs/${again}/evidence/compare?with=${run}&attempt=1&with_attempt=1`,
  );
  expect(same.body.data.is_same).toBe(true);
  const none = await get<{ detail: string }>(`/runs/${again}/evidence/compare?with=${run}&with_attempt=7`);
  expect([none.status, none.body.detail]).toEqual([404, expect.stringContaining('no attempt 7')]);
});

test('What is not there is a 404, and what means nothing a 400, with what to do.', async () => {
  const nobody = await get<{ detail: string }>('/runs/00000000-0000-4000-8000-000000000000/evidence');
  expect([nobody.status, nobody.body.detail]).toEqual([404, expect.stringContaining('No run 00000000')]);
  const attempt = await get<{ detail: string }>(`/runs/${run}/evidence?attempt=7`);
  expect([attempt.status, attempt.body.detail]).toEqual([
    404,
    expect.stringContaining('The run has no attempt 7. There are '),
  ]);
  const nothing = await get<{ detail: string }>(`/runs/${run}/evidence/show?what=c99`);
  expect([nothing.status, nothing.body.detail]).toEqual([400, expect.stringContaining('“c99”')]);
  const span = await get<{ detail: string }>(`/runs/${run}/evidence/spans/0000000000000000`);
  expect([span.status, span.body.detail]).toEqual([404, 'The trace has no span 0000000000000000.']);
});

test('Where a browser finds Jaeger is told with runs and spans, without the login that is in the address.', async () => {
  const ui = 'https://traces.example/ui';
  const list = await get<{ jaeger_ui: string }>('/evidence/runs');
  const one = await get<{ jaeger_ui: string; trace_id: string }>(`/runs/${run}/evidence`);
  expect([list.body.jaeger_ui, one.body.jaeger_ui]).toEqual([ui, ui]);
  const { body: rows } = await get<{ span_id: string }[]>(`/runs/${run}/evidence/spans`);
  const span = await get<object>(`/runs/${run}/evidence/spans/${rows[0]?.span_id}`);
  expect(span.body).toMatchObject({ jaeger_ui: ui, trace_id: one.body.trace_id, span_id: rows[0]?.span_id });
});

test('Jaeger itself is where a browser finds it, if nothing else is said; what is no web address is none.', async () => {
  const jaeger = Fastify();
  const logins = new Set<unknown>();
  jaeger.addHook('onRequest', async ({ headers }) => void logins.add(headers.authorization));
  jaeger.get('/base/api/v3/services', async () => ({ services: ['Agento-Module-1'] }));
  const resourceSpans = recordedText()
    .split('\n')
    .filter(Boolean)
    .flatMap((line) => JSON.parse(line).resourceSpans);
  jaeger.get('/base/api/v3/traces', async () => ({ result: { resourceSpans } }));
  const address = `${await jaeger.listen({ port: 0 })}/base`;
  const told = async (jaegerUi: string | null) => {
    const ofJaeger = startEvidenceThread({
      place: { url: `${address}/`, authorization: 'Bearer word-for-jaeger' },
      models: null,
      jaegerUi,
    });
    const { text } = await ofJaeger.ask('runs', { limit: '1' });
    await ofJaeger.close();
    return JSON.parse(text) as { place: string; jaeger_ui: string | null };
  };
  expect(await told(null)).toMatchObject({ place: address, jaeger_ui: address });
  expect((await told('https://traces.example/')).jaeger_ui).toBe('https://traces.example');
  expect((await told('javascript:alert(1)')).jaeger_ui).toBe(null);
  expect([...logins]).toEqual(['Bearer word-for-jaeger']);
  await jaeger.close();
});

test('Of what Jaeger has, several runs are summed and audited as of a folder, and what holds no run is said.', async () => {
  const jaeger = Fastify();
  jaeger.get('/api/v3/services', async () => ({ services: ['Agento-Module-1'] }));
  const foreign = {
    scopeSpans: [
      {
        spans: [
          {
            traceId: '11111111111111111111111111111111',
            spanId: '2222222222222222',
            name: 'GET /of-somebody-else',
            kind: 2,
            startTimeUnixNano: '1',
            endTimeUnixNano: '2',
          },
        ],
      },
    ],
  };
  const resourceSpans = [recordedText(), recordedAgainText()]
    .flatMap((text) => text.split('\n').filter(Boolean))
    .flatMap((line) => JSON.parse(line).resourceSpans);
  jaeger.get('/api/v3/traces', async () => ({ result: { resourceSpans: [...resourceSpans, foreign] } }));
  const ofJaeger = startEvidenceThread({
    place: { url: await jaeger.listen({ port: 0 }) },
    models: null,
    jaegerUi: null,
  });
  const told = async (asks: 'costs' | 'audit') => {
    const { status, text } = await ofJaeger.ask(asks, {});
    return [status, JSON.parse(text)];
  };
  try {
    const { body: costs } = await get<{ agents: object; modules: object }>('/evidence/costs');
    const unread = [
      { source: foreign.scopeSpans[0]?.spans[0]?.traceId, why: "holds 1 span but none of Agento's modules." },
    ];
    expect(await told('costs')).toEqual([200, { ...costs, runs: 2, unread }]);
    const { body: audit } = await get<{ data: { findings: object[] } }>('/evidence/findings');
    const [status, { data }] = await told('audit');
    expect([status, data.runs, data.unread]).toEqual([200, 2, unread]);
    expect(data.findings).toEqual(audit.data.findings);
  } finally {
    await ofJaeger.close();
    await jaeger.close();
  }
});
