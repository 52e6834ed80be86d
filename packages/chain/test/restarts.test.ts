import { describe, expect, it } from 'vitest';
import { testRestarts } from '../src/restarts/restarts.ts';

describe('services that are restarted while runs are under way', () => {
  it('lose no run and no span, whichever of them it is', async () => {
    const report = await testRestarts({ store: 'folder', seed: 7, restarts: 6, atOnce: 2, latencyMs: 30 });
    expect(report.defects).toEqual([]);
    expect(report.restarts).toBe(6);
    expect(report.runs).toBeGreaterThan(0);
  });
});
