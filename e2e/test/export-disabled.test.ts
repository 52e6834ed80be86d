import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runGoal, type System, startSystem } from '../src/system.ts';

describe('the composed system with export disabled', () => {
  let system: System;
  beforeAll(async () => {
    system = await startSystem('export-disabled', { AGENTO_OTLP_ENDPOINT: 'disabled' });
  });
  afterAll(() => system?.stop());

  it('takes a goal to a plan, with ids, and sends nothing', async () => {
    const output = await runGoal(system, { goal: 'Open a repair café in a small town' });
    expect(output.final_plan.size).toBeGreaterThan(0);
    expect(output.trace_metadata.trace_id).toMatch(/^(?!0{32})[0-9a-f]{32}$/);
    const ready = await fetch(`${system.module(1)}/readyz`);
    expect(await ready.json()).toMatchObject({ status: 'ready', export: 'disabled' });
    // Longer than a batch would wait.
    await new Promise((resolve) => setTimeout(resolve, 3000));
    expect((await system.traceInJaeger(output.trace_metadata.trace_id)).spans).toEqual([]);
  });
});
