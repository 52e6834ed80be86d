import { chain as order } from '@agento/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Chain, eventually, exporting, startChain } from '../src/chain.ts';
import { allEvents, postForEvents } from '../src/post.ts';

const numbers = order.map(({ number }) => number);

describe('a run as server-sent events', () => {
  let chain: Chain;
  beforeAll(async () => {
    chain = await startChain({ latencyMs: 100 });
  });
  afterAll(() => chain.stop());

  it('tells of every step of every module, ends with one result, and starts once', async () => {
    const events = await allEvents(chain.url(1), { goal: 'Found a choir for beginners' });
    const names = events.map(({ name }) => name);
    expect(names[0]).toBe('run.started');
    expect(names.at(-1)).toBe('run.finished');
    expect(names.filter((name) => name === 'run.started')).toHaveLength(1);
    expect(names.filter((name) => name === 'step.started').length).toBe(
      names.filter((name) => name === 'step.finished').length,
    );
    const modules = events.filter(({ name }) => name === 'module.finished').map(({ data }) => data.module);
    expect(modules).toEqual(numbers);
    const output = events.at(-1)?.data.output as { trace_metadata: { service_name: string } };
    expect(output.trace_metadata.service_name).toBe(`Agento-Module-${numbers.at(-1)}`);
  });

  it('sends each event as it happens: the first steps of module 1 are over while the next still waits', async () => {
    const leaving = new AbortController();
    const steps: unknown[] = [];
    await expect(async () => {
      const goal = 'Found a choir for beginners [[fault:CriteriaGenerator:stall]]';
      for await (const { name, data } of postForEvents(chain.url(1), { goal }, leaving.signal)) {
        if (name.startsWith('step.')) steps.push(`${name} ${data.step}`);
        if (data.step === 'criteria_generation') leaving.abort();
      }
    }).rejects.toThrow();
    expect(steps.slice(0, 2)).toEqual(['step.started search_agent', 'step.started constraint_extraction']);
    expect(steps.slice(2, 4).sort()).toEqual([
      'step.finished constraint_extraction',
      'step.finished search_agent',
    ]);
    expect(steps.slice(4)).toEqual(['step.started criteria_generation']);
  });

  it('stops at the module it is told to', async () => {
    const events = await allEvents(chain.url(1), { goal: 'Found a choir for beginners', stop_after: 2 });
    const modules = events.filter(({ name }) => name === 'module.finished').map(({ data }) => data.module);
    expect(modules).toEqual([1, 2]);
    const output = events.at(-1)?.data.output as Record<string, unknown>;
    expect(output).toHaveProperty('selected_outline');
    expect(output).not.toHaveProperty('stop_after');
  });

  it('cancels the whole chain when the caller leaves, down to the model’s calls', async () => {
    const leaving = new AbortController();
    const ids: { trace?: string } = {};
    const before = await chain.model.stats();
    await expect(async () => {
      for await (const event of postForEvents(
        chain.url(1),
        { goal: 'Found a choir [[fault:ItemExpander:stall]]' },
        leaving.signal,
      )) {
        if (event.name === 'run.started') ids.trace = String(event.data.trace_id);
        if (event.name === 'step.started' && event.data.step === 'item_generation') leaving.abort();
      }
    }).rejects.toThrow();
    const stats = await eventually(async () => {
      const now = await chain.model.stats();
      return now.inFlight === 0 ? now : null;
    }, 'the end of all model calls');
    expect(stats.aborted).toBeGreaterThan(before.aborted);
    if (!exporting || !ids.trace) return;
    const trace = await chain.trace(
      ids.trace,
      ({ spans }) => spans.filter(({ name }) => name === 'POST /run').length === 3,
    );
    const failed = trace.spans.filter(({ status }) => status.code === 'ERROR');
    expect(new Set(failed.map(({ attributes }) => attributes['error.type']))).toEqual(new Set(['cancelled']));
    expect(failed.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'POST /run',
        'request',
        'POST',
        'run_module_3',
        'plan_expansion',
        'item_generation',
      ]),
    );
  });
});
