import { globSync } from 'node:fs';
import { basename } from 'node:path';
import { defineConfig } from 'vitest/config';

/** One project a folder: `pnpm test --project module3` runs just that one. */
const folders = globSync(['packages/*', 'services/*']);

export default defineConfig({
  test: {
    projects: folders.map((root) => ({ extends: true, root, test: { name: basename(root), include: ['test/**/*.test.ts'] } })),
    // The machine may be slow and shared: a limit is there to end a hang, never to measure.
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
