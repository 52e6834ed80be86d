import { defineConfig } from 'vitest/config';

/** One project a folder, so that `pnpm test --project module3` runs just that one. */
export default defineConfig({
  test: {
    projects: ['packages/*', 'services/*'].map((folder) => folder),
    // The machine may be slow and shared: a limit is there to end a hang, never to measure.
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
