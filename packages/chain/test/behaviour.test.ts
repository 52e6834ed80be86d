import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findings, moduleInfo, chain as order } from '@agento/contracts';
import { evidenceRoutes } from '@agento/evidence-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Chain, exporting, startChain, stopService } from '../src/chain.ts';
import { allEvents, post } from '../src/post.ts';

/** What every module does alike, whichever it is. */
describe('every module', () => {
  let chain: Chain;
  const inputs = new Map<number, Record<string, unknown>>();

  beforeAll(async () => {
    chain = await startChain();
    const goal = 'Organise a neighbourhood flea market';
    const { body } = await post<{ run_id: string }>(chain.url(1), { goal });
    inputs.set(1, { goal });
    for (const { number } of order.slice(0, -1)) {
      const file = join(chain.dataDir, 'runs', body.run_id, `module${number}_output.json`);
      const { run_id: _, ...output } = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
      inputs.set(number + 1, output);
    }
  });
  afterAll(() => chain.stop());

  describe.each(order.map(({ number, type, title }) => ({ number, type, title })))(
    'module $number',
    ({ number, title }) => {
      const input = () => inputs.get(number) ?? {};

      it('answers with its own output when it is told to stop there', async () => {
        const answer = await post(chain.url(number), { ...input(), stop_after: number });
        expect(answer.status, JSON.stringify(answer.body)).toBe(200);
        const schema = moduleInfo(number).output;
        expect(schema && findings(schema, answer.body)).toEqual([]);
        expect(answer.body.trace_metadata).toMatchObject({ service_name: `Agento-Module-${number}` });
        expect(answer.body.run_id).toMatch(/^[0-9a-f-]{36}$/);
      });

      it('tells of its steps as events, each started and finished', async () => {
        const events = await allEvents(chain.url(number), { ...input(), stop_after: number });
        const open = new Map<string, number>();
        for (const { name, data } of events) {
          const { step, agent_name, item_id, criterion_id, attempt } = data;
          const key = JSON.stringify([step, agent_name, item_id, criterion_id, attempt]);
          if (name === 'step.started') open.set(key, (open.get(key) ?? 0) + 1);
          if (name === 'step.finished') open.set(key, (open.get(key) ?? 0) - 1);
        }
        expect([...open.values()].filter((count) => count !== 0)).toEqual([]);
        const steps = events.filter(({ name }) => name === 'step.finished').map(({ data }) => data.step);
        expect(steps.slice(-3)).toEqual(['output_creation', 'validation', 'file_export']);
      });

      it('refuses a run that is under way in it already', async () => {
        const run_id = crypto.randomUUID();
        const slow = { ...input(), goal: 'A slow one [[fault:*:latency-500]]', run_id, stop_after: number };
        const answers = await Promise.all([post(chain.url(number), slow), post(chain.url(number), slow)]);
        expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
      });

      it('says that it lives, that it is ready, what it counts and what it takes', async () => {
        const get = async (path: string) => {
          const answer = await fetch(`${chain.url(number)}${path}`);
          return { status: answer.status, text: await answer.text() };
        };
        expect(await get('/livez')).toEqual({ status: 200, text: '{"status":"alive"}' });
        const ready = await get('/readyz');
        expect(JSON.parse(ready.text)).toMatchObject({ status: 'ready', module: number, disk: 'writable' });
        expect((await get('/metrics')).text).toMatch(
          /agento_runs_total\{outcome="finished",module="\d"\} \d+/,
        );
        const openapi = JSON.parse((await get('/openapi.json')).text) as {
          info: { title: string };
          paths: object;
        };
        expect(openapi.info.title).toContain(title);
        expect(Object.keys(openapi.paths)).toEqual([
          '/run',
          '/livez',
          '/readyz',
          '/metrics',
          '/runs',
          '/runs/{run_id}',
          '/runs/{run_id}/journal',
          '/runs/{run_id}/events',
          '/runs/{run_id}/review',
          '/runs/{run_id}/resume',
          // Runs begin with module 1, and so do the page and the evidence it shows.
          ...(number === 1 ? evidenceRoutes.map(({ path }) => path.replaceAll(/:(\w+)/g, '{$1}')) : []),
          '/runs/{run_id}/artifacts/{name}',
          '/runs/{run_id}/attempts/{attempt}/artifacts/{name}',
        ]);
        expect((await get('/docs/')).text).toContain('swagger-ui');
      });

      it('takes ids that no trace can have for absent ones', async () => {
        if (number === 1) return;
        const trace_metadata = { trace_id: '0'.repeat(32), root_span_id: 'XYZ', service_name: 'who?' };
        const answer = await post(chain.url(number), { ...input(), trace_metadata, stop_after: number });
        expect(answer.status).toBe(200);
        if (!exporting) return;
        const { trace_id } = answer.body.trace_metadata as { trace_id: string };
        const trace = await chain.trace(trace_id);
        const root = trace.spans.find(({ name }) => name === `run_module_${number}`);
        expect(root?.attributes['agento.trace_metadata.invalid']).toBe(true);
        expect(root?.links).toEqual([]);
      });
    },
  );

  it('ends at once when it is stopped, with its spans sent', async () => {
    const service = chain.service(order.length);
    await stopService(service);
    expect(service.process.exitCode).toBe(0);
    expect(service.log()).toContain('stopped');
  });
});
