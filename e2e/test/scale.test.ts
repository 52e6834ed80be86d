import { execFileSync } from 'node:child_process';
import { serviceVariables } from '@agento/contracts';
import { validate } from '@agento/evidence';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, runGoal, type System, startSystem } from '../src/system.ts';

describe.skipIf(!('AGENTO_DATABASE_URL' in serviceVariables))('the composed system with replicas', () => {
  let system: System;
  beforeAll(async () => {
    // Longer than a run's calls take, so that the kill happens in the middle of one.
    const environment = { AGENTO_OFFLINE_LATENCY_MS: '150' };
    system = await startSystem('scale', environment, { module1: 2, module2: 2, module3: 2 });
  });
  afterAll(() => system?.stop());

  const goals = [
    'Plan a street fair',
    'Plant a school garden',
    'Open a repair café',
    'Start a choir',
    'Print a local newspaper',
  ];

  /** The number of a replica of module 3 that executes something. */
  const busyReplica = () =>
    eventually('a replica of module 3 at work', async () => {
      for (const replica of [1, 2]) {
        const address = (await system.compose('port', '--index', String(replica), 'module3', '3003')).trim();
        const { runs } = (await (await fetch(`http://${address}/readyz`)).json()) as {
          runs: { working: number };
        };
        if (runs.working > 0) return replica;
      }
      return null;
    });

  it('ends every run with a plan though a replica is killed in the middle, and their traces validate', async () => {
    const running = Promise.all(goals.map((goal) => runGoal(system, { goal })));
    const killed = busyReplica().then((replica) =>
      execFileSync('docker', ['kill', system.container('module3', replica)]),
    );
    const [outputs] = await Promise.all([running, killed]);
    for (const { final_plan } of outputs) expect(final_plan.size).toBeGreaterThan(0);

    let findings: unknown[] = [];
    await eventually(
      'whole traces in Jaeger',
      async () => {
        const traces = outputs.map(({ trace_metadata }) => system.traceInJaeger(trace_metadata.trace_id));
        findings = (await Promise.all(traces)).flatMap((trace) => validate(trace, { complete: true }));
        return findings.length === 0 || null;
      },
      60,
    ).catch(() => {});
    // What is still found then says more than that it took too long.
    expect(findings).toEqual([]);
  });
});
