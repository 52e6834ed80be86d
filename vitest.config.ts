import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, dirname } from 'node:path';
import { defineConfig } from 'vitest/config';

/** One project a package: `pnpm test --project module3` runs just that one. (A moved package may leave its folder.) */
const folders = globSync(['packages/*/package.json', 'services/*/package.json']).map((file) => dirname(file));

/** These start whole sets of processes: two files at a time, since they also wait, when the others are done. */
const heavy = new Set(['chain', 'cli']);

export default defineConfig({
  test: {
    projects: folders.map((root) => {
      const name = basename(root);
      return {
        extends: true,
        root,
        test: {
          name,
          include: ['test/**/*.test.ts'],
          // Printed commands read the same whether pnpm, npx or neither of them runs the tests.
          env: { npm_config_user_agent: 'pnpm/12.0.0', npm_execpath: 'pnpm' },
          // Many tests wait more than they work: for a retry, a limit, a connection that dies.
          maxWorkers: availableParallelism() + 1,
          ...(heavy.has(name) && { maxWorkers: 2, sequence: { groupOrder: 1 }, testTimeout: 180_000 }),
        },
      };
    }),
    // The machine may be slow and shared: a limit is there to end a hang, never to measure.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } },
  },
});
