import type { Module5Output, Review, ReviewDecision, RunResource } from '@agento/contracts';
import { validate } from '@agento/evidence';
import { type PostgresServer, startPostgres } from '@agento/runs/testing/postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Chain, eventually, exporting, isComplete, startChain } from '../src/chain.ts';
import { allEvents, post } from '../src/post.ts';

const goal = 'Open a repair café in a small town';
const asked = { goal, review: 'revisions' };

describe.each(['folder', 'postgres'])('a run that waits for a person, kept in %s', (kind) => {
  let chain: Chain;
  let postgres: PostgresServer | null = null;
  beforeAll(async () => {
    postgres = kind === 'postgres' ? await startPostgres() : null;
    chain = await startChain({ env: postgres ? { AGENTO_DATABASE_URL: postgres.url } : {} });
  });
  afterAll(async () => {
    await chain.stop();
    await postgres?.end();
  });

  const at = (run: string, path = '', module = 1) => `${chain.url(module)}/runs/${run}${path}`;
  const look = async <T>(run: string, path = '', module = 1) =>
    (await (await fetch(at(run, path, module))).json()) as T;
  const state = async (run: string, module = 1) => (await look<RunResource>(run, '', module)).state;
  const reviewOf = (run: string) => look<Review>(run, '/review');
  async function decide(run: string, body: object, module = 1) {
    const answer = await fetch(at(run, '/review', module), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  }
  const becomes = (run: string, wanted: string, module = 1) =>
    eventually(async () => ((await state(run, module)) === wanted ? true : null), `${wanted} in ${module}`);
  async function waiting(): Promise<string> {
    const { status, body } = await post<RunResource>(chain.url(1), asked);
    expect([status, body.state]).toEqual([202, 'waiting_for_review']);
    return body.run_id;
  }
  const everyOne = (review: Review, decision: ReviewDecision['decision'], reason = 'It has to be so.') =>
    review.requests.map(({ id: request }) => ({
      request,
      decision,
      reason,
      ...(decision === 'reword' && { text: `Do it otherwise: ${request}` }),
    }));

  it('stops after module 4, is listed as waiting, and goes on with what was decided', async () => {
    const run = await waiting();
    expect(await Promise.all([1, 2, 3, 4].map((module) => state(run, module)))).toEqual(
      Array(4).fill('waiting_for_review'),
    );
    const list = (await (await fetch(`${chain.url(1)}/runs?state=waiting_for_review`)).json()) as {
      runs: RunResource[];
    };
    expect(list.runs.map(({ run_id, review }) => [run_id, review])).toContainEqual([
      run,
      `/runs/${run}/review`,
    ]);
    const review = await reviewOf(run);
    expect(review).toMatchObject({ goal, waiting: true, review: null });
    const [first, second, ...rest] = review.requests;
    if (!first || !second) throw new Error('There is too little to decide');
    expect(first.verdicts.some(({ result }) => result === 'fail')).toBe(true);

    const decisions = [
      { request: first.id, decision: 'reword', text: 'Name the person who does it.', reason: 'Too vague.' },
      { request: second.id, decision: 'reject', reason: 'It is good as it is.' },
      ...rest.map(({ id }) => ({ request: id, decision: 'approve' })),
    ];
    expect((await decide(run, { decisions })).status).toBe(202);
    await becomes(run, 'finished');
    const output = await look<Module5Output>(run, '/artifacts/module5_output.json');
    expect(output.human_review).toMatchObject({ by: 'anonymous', decisions });
    const revised = new Map(
      output.revision_results.map(({ item_id, revision_request }) => [item_id, revision_request]),
    );
    expect(revised.get(first.item_id)?.revision_request_content).toBe('Name the person who does it.');
    expect([...revised.keys()].sort()).toEqual([first, ...rest].map(({ item_id }) => item_id).sort());

    expect((await decide(run, { decisions: [...decisions].reverse() })).status).toBe(202);
    const other = await decide(run, { decisions: everyOne(review, 'reject') });
    expect([other.status, other.body.detail]).toEqual([
      409,
      expect.stringContaining('reviewed with other decisions'),
    ]);
    expect((await reviewOf(run)).review?.decisions).toEqual(decisions);

    if (!exporting) return;
    const trace = await chain.trace(output.trace_metadata.trace_id);
    const reviews = trace.spans.filter(({ name }) => name === 'human_review');
    expect(reviews.map(({ attributes }) => attributes['agento.review.decision']).sort()).toEqual(
      decisions.map(({ decision }) => decision).sort(),
    );
    const reworded = reviews.find(({ attributes }) => attributes['agento.item.id'] === first.item_id);
    expect(reworded?.attributes).toMatchObject({
      'agent.name': 'HumanReviewer',
      'agento.review.by': 'anonymous',
      'agento.review.approved_before': first.approver.approved,
      'agento.decision.kind': 'revision_approval',
      'agento.decision.chosen': [`${first.id}-reworded`],
      'agento.decision.reason': 'Too vague.',
    });
    const revision = trace.spans.find(
      ({ name, attributes }) =>
        name === 'revision_implementation' && attributes['agento.item.id'] === first.item_id,
    );
    expect(revision?.links).toContainEqual(expect.objectContaining({ span_id: reworded?.span_id }));
    expect(validate(trace, { complete: true })).toEqual([]);
  });

  it('tells whoever follows it that it waits, ends that stream, and goes on in another', async () => {
    const events = await allEvents(chain.url(1), asked);
    const last = events.at(-1);
    expect(last?.name).toBe('run.waiting_for_review');
    const run = String(last?.data.run_id);
    const review = await reviewOf(run);
    expect(last?.data).toMatchObject({ module: 4, requests: review.requests.length });
    await becomes(run, 'waiting_for_review');
    const told = fetch(at(run, '/events')).then((answer) => answer.text());
    await decide(run, { decisions: [], others: 'keep' });
    const names = [...(await told).matchAll(/^event: (.+)$/gm)].map(([, name]) => name);
    expect(names.filter((name) => name?.startsWith('run.'))).toEqual([
      'run.started',
      'run.waiting_for_review',
      'run.finished',
    ]);
  });

  it('survives the restart of every module, and asks for nothing twice', async () => {
    const run = await waiting();
    const { requests } = await chain.model.stats();
    for (const module of [4, 1, 2, 3, 5]) await chain.restart(module);
    expect(await state(run)).toBe('waiting_for_review');
    const decisions = everyOne(await reviewOf(run), 'reject');
    await decide(run, { decisions });
    await becomes(run, 'finished');
    const output = await look<Module5Output>(run, '/artifacts/module5_output.json');
    expect(output.revision_results).toEqual([]);
    // Nothing is revised: only the plan as a whole is judged.
    expect((await chain.model.stats()).requests - requests).toBe(1);
  });

  it('loses no review that comes while module 5 is down', async () => {
    const run = await waiting();
    const { pid } = chain.service(5).process;
    if (pid === undefined) throw new Error('Module 5 does not run');
    process.kill(pid, 'SIGKILL');
    const decisions = everyOne(await reviewOf(run), 'reject');
    expect((await decide(run, { decisions })).status).toBe(202);
    await becomes(run, 'running', 4);
    await chain.restart(5);
    await becomes(run, 'finished');
    const output = await look<Module5Output>(run, '/artifacts/module5_output.json');
    expect(output.human_review?.decisions).toEqual(decisions);
  });

  it('refuses decisions about other requests, about one twice, and about some only', async () => {
    const run = await waiting();
    const { requests } = await reviewOf(run);
    const [first] = requests;
    const one = { request: first?.id, decision: 'approve' };
    const refused = async (body: object) => {
      const { status, body: answer } = await decide(run, body);
      return [status, (answer.errors as { pointer: string; detail: string }[]).map(({ pointer }) => pointer)];
    };
    expect(await refused({ decisions: [one, one], others: 'keep' })).toEqual([400, ['/decisions/1/request']]);
    expect(await refused({ decisions: [{ ...one, request: 'r-0' }], others: 'keep' })).toEqual([
      400,
      ['/decisions/0/request'],
    ]);
    expect(await refused({ decisions: [{ ...one, decision: 'reword' }], others: 'keep' })).toEqual([
      400,
      ['/decisions/0/reason', '/decisions/0/text'],
    ]);
    const long = { ...one, reason: 'x'.repeat(2_001) };
    expect(await refused({ decisions: [long], others: 'keep' })).toEqual([400, ['/decisions/0/reason']]);
    const some = await decide(run, { decisions: [one] });
    expect(some.body.detail).toContain(`${requests[1]?.id}`);
    expect(some.body.detail).toContain('"others": "keep"');
    const elsewhere = await decide(run, { decisions: [], others: 'keep' }, 4);
    expect([elsewhere.status, elsewhere.body.detail]).toEqual([
      409,
      'The run began in an earlier module: post the review there',
    ]);
    expect(await state(run)).toBe('waiting_for_review');
  });

  it('is cancelled by DELETE in every module, resumed to wait again, and deleted', async () => {
    const run = await waiting();
    expect((await fetch(at(run), { method: 'DELETE' })).status).toBe(202);
    for (const module of [1, 2, 3, 4]) await becomes(run, 'cancelled', module);
    const late = await decide(run, { decisions: [], others: 'keep' });
    expect([late.status, late.body.detail]).toEqual([
      409,
      'The run is cancelled: only one that waits for review can be reviewed',
    ]);
    expect((await fetch(at(run, '/resume'), { method: 'POST' })).status).toBe(202);
    await becomes(run, 'waiting_for_review');
    expect((await fetch(at(run, '/resume'), { method: 'POST' })).status).toBe(409);
    await fetch(at(run), { method: 'DELETE' });
    await becomes(run, 'cancelled');
    await eventually(
      async () => ((await fetch(at(run), { method: 'DELETE' })).status === 204 ? true : null),
      'its deletion',
    );
    for (const module of [1, 2, 3, 4]) expect((await fetch(at(run, '', module))).status).toBe(404);
  });

  it('keeps a secret in a reason out of the trace', async () => {
    const secret = 'sk-proj-aB3dE6gH9jK2mN5pQ8rS1tU4vW7xY0zA3bC6dE9f';
    const run = await waiting();
    await decide(run, { decisions: everyOne(await reviewOf(run), 'reject', `No, for ${secret}.`) });
    await becomes(run, 'finished');
    if (!exporting) return;
    const trace = await chain.trace((await look<RunResource>(run)).trace_id ?? '', isComplete);
    const text = JSON.stringify(trace.spans, (_, value) =>
      typeof value === 'bigint' ? String(value) : value,
    );
    expect(text).toContain('No, for ');
    expect(text).not.toContain(secret);
  });

  it('is refused where nothing could be decided', async () => {
    const answer = await post(chain.url(1), { ...asked, stop_after: 4 });
    expect([answer.status, answer.body.detail]).toEqual([
      400,
      '/review: needs a module after 4: leave out stop_after',
    ]);
  });
});
