import type { Module5Output } from '@agento/contracts';
import { validate } from '@agento/evidence';
import { type PostgresServer, startPostgres } from '@agento/runs/testing/postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Chain, eventually, exporting, startChain } from '../src/chain.ts';
import { post } from '../src/post.ts';

interface Readiness {
  status: number;
  disk: string;
}

describe('a Postgres that is gone for a while', () => {
  let postgres: PostgresServer;
  let chain: Chain;
  beforeAll(async () => {
    postgres = await startPostgres();
    chain = await startChain({ env: { AGENTO_DATABASE_URL: postgres.url }, latencyMs: 100 });
  });
  afterAll(async () => {
    await chain?.stop();
    await postgres?.end();
  });

  const readiness = async (module: number): Promise<Readiness> => {
    const answer = await fetch(`${chain.url(module)}/readyz`);
    return { status: answer.status, disk: ((await answer.json()) as { disk: string }).disk };
  };
  const untilStatus = (status: number) =>
    eventually(async () => {
      const now = await readiness(1);
      return now.status === status ? now : null;
    }, `a /readyz of ${status}`);

  it('has a run wait that is under way, which then ends as if nothing had happened', async () => {
    const running = post<Module5Output>(chain.url(1), { goal: 'Plant a school garden' });
    await eventually(async () => ((await chain.model.stats()).requests > 3 ? true : null), 'the first calls');
    await postgres.stop();

    expect((await untilStatus(503)).disk).toMatch(/postgres was stopped: start Postgres again|refuses/);
    const { requests } = await eventually(async () => {
      const { inFlight, ...stats } = await chain.model.stats();
      return inFlight === 0 ? stats : null;
    }, 'the last answers');
    // Nobody waits for what cannot be written down.
    const refused = await post(chain.url(1), { goal: 'Paint the fence' });
    expect(refused).toMatchObject({ status: 503, body: { title: expect.any(String), module: 1 } });
    expect((refused.body as { detail: string }).detail).toMatch(/^Runs are out of reach: .+ Try again once/);
    expect((await fetch(`${chain.url(1)}/runs`)).status).toBe(503);
    // What an answer cannot be recorded of is not gone on with.
    expect((await chain.model.stats()).requests).toBe(requests);

    await postgres.start();
    const { status, body } = await running;
    expect(status, JSON.stringify(body)).toBe(200);
    expect(await untilStatus(200)).toEqual({ status: 200, disk: 'writable' });
    if (!exporting) return;
    const trace = await chain.trace(body.trace_metadata.trace_id);
    expect(validate(trace, { complete: true })).toEqual([]);
  });
});
