import { type Trace, validate } from '@agento/evidence';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isWhole } from '../src/edges.ts';
import { eventually, runGoal, type System, startSystem } from '../src/system.ts';

/** Longer than a run's calls take, so that failures happen in the middle of a run. */
const latency = '150';

describe('the composed system, when parts of it fail', () => {
  let system: System;
  beforeAll(async () => {
    system = await startSystem('failures', { AGENTO_OFFLINE_LATENCY_MS: latency });
  });
  afterAll(() => system?.stop());

  const goals = ['Plan a street fair', 'Plant a school garden', 'Open a repair café', 'Start a choir'];
  const runAll = () => Promise.all(goals.map((goal) => runGoal(system, { goal })));
  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

  /** All runs' traces in Jaeger, whole and with nothing for the validator to find. */
  const expectWhole = async (ids: string[]) => {
    for (const id of ids) {
      const trace: Trace = await eventually(`the whole trace ${id} in Jaeger`, async () => {
        const found = await system.traceInJaeger(id);
        return isWhole(found) ? found : null;
      });
      expect(validate(trace, { complete: true })).toEqual([]);
    }
  };
  const idsOf = (outputs: { trace_metadata: { trace_id: string } }[]) =>
    outputs.map(({ trace_metadata }) => trace_metadata.trace_id);

  /** What became of each module's spans. */
  const figures = () =>
    Promise.all(
      ([1, 2, 3, 4, 5] as const).map(async (number) => {
        const answer = await fetch(`${system.module(number)}/readyz`);
        const { export: figures } = (await answer.json()) as {
          export: { queued: number; spooled: number; dropped: Record<string, number> };
        };
        return figures;
      }),
    );

  it('loses no span and no time when the collector is stopped and started in the middle of runs', async () => {
    const began = performance.now();
    await runAll();
    const undisturbed = performance.now() - began;

    const disturbedFrom = performance.now();
    const running = runAll();
    await pause(500);
    await system.compose('kill', 'collector');
    const outputs = await running;
    // The runs do not wait for it: any slowdown is noise, not a timeout.
    expect(performance.now() - disturbedFrom).toBeLessThan(undisturbed * 2 + 5000);
    const away = await runAll();
    await system.compose('start', 'collector');
    const after = await runAll();
    await expectWhole(idsOf([...outputs, ...away, ...after]));
    // Five containers share one disk: none may mistake another's spool for that of a dead process.
    expect((await figures()).map(({ dropped }) => dropped)).toEqual([{}, {}, {}, {}, {}]);
  });

  it('loses no span when Jaeger is stopped behind a running collector, and the collector is killed too', async () => {
    await system.compose('stop', 'jaeger');
    const outputs = await runAll();
    // Sent: the collector now has the services' spans on its disk.
    await eventually('the services to have sent all', async () => {
      const now = await figures();
      return now.every(({ queued, spooled }) => queued + spooled === 0) ? now : null;
    });
    await system.compose('kill', 'collector');
    await system.compose('start', 'collector', 'jaeger');
    await expectWhole(idsOf(outputs));
  });

  it('keeps what Jaeger stored over its restart', async () => {
    const [output] = await Promise.all([runGoal(system, { goal: 'Plan a street fair' })]);
    const ids = idsOf([output]);
    await expectWhole(ids);
    await system.compose('restart', 'jaeger');
    await expectWhole(ids);
  });

  it('fails a run whose module is killed in its middle, says so in the trace, and takes the next one', async () => {
    const id = await new Promise<string>((resolve, reject) => {
      const running = fetch(`${system.module(1)}/run`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ goal: 'Plan a street fair' }),
      });
      const isAtWork = async () => {
        const { runs } = (await (await fetch(`${system.module(3)}/readyz`)).json()) as {
          runs: { active: number };
        };
        return runs.active > 0 || null;
      };
      const kill = eventually('module 3 at work', isAtWork).then(() => system.compose('kill', 'module3'));
      Promise.all([running, kill])
        .then(async ([answer]) => {
          const problem = (await answer.json()) as { trace_id: string };
          expect({ status: answer.status, problem }).toMatchObject({ status: 502, problem: { status: 502 } });
          resolve(problem.trace_id);
        })
        .catch(reject);
    });
    const trace = await eventually('the failed run in Jaeger', async () => {
      const found = await system.traceInJaeger(id);
      const has = (service: string, span: string) =>
        found.spans.some(({ name, resource }) => name === span && resource['service.name'] === service);
      // Each module exports by itself: what module 2 says of its hop may come after the whole request of module 1.
      return has('Agento-Module-1', 'POST /run') && has('Agento-Module-2', 'POST') ? found : null;
    });
    const failed = trace.spans
      .filter(({ status }) => status.code === 'ERROR')
      .map(({ name, resource }) => `${resource['service.name']} ${name}`);
    expect(failed).toEqual(
      expect.arrayContaining(['Agento-Module-1 POST /run', 'Agento-Module-1 POST', 'Agento-Module-2 POST']),
    );
    await system.compose('start', 'module3');
    await eventually('module 3', async () => (await fetch(`${system.module(3)}/readyz`)).ok || null, 30);
    await expectWhole(idsOf([await runGoal(system, { goal: 'Plan a street fair' })]));
  });
});
