import type { RunList, RunResource } from '@agento/contracts';
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

  it('finishes a run whose module is killed in its middle and started again, in one trace', async () => {
    const running = runGoal(system, { goal: 'Plan a street fair' });
    await eventually('module 3 at work', async () => {
      const at = async <T>(path: string) => (await (await fetch(`${system.module(3)}${path}`)).json()) as T;
      const { runs } = await at<RunList>('/runs?state=running');
      const { steps } = runs[0] ? await at<RunResource>(`/runs/${runs[0].run_id}`) : {};
      return (steps?.finished ?? 0) > 0 || null;
    });
    await system.compose('kill', 'module3');
    await system.compose('start', 'module3');

    const { trace_metadata } = await running;

    const trace = await eventually('the resumed run in Jaeger', async () => {
      const found = await system.traceInJaeger(trace_metadata.trace_id);
      const findings = validate(found, { complete: true });
      if (findings.length > 0) throw new Error(`The validator finds ${JSON.stringify(findings)}`);
      return found;
    });
    const executions = trace.spans
      .filter(({ name }) => name === 'run_module_3')
      .map(({ attributes }) => [
        attributes['agento.run.execution'],
        attributes['agento.interrupted'] ?? false,
      ]);
    expect(executions.sort()).toEqual([
      [1, true],
      [2, false],
    ]);
  });
});
