import { defineConfig } from 'vitest/config';
import { installSmallModel } from './small-model.ts';

const reason = installSmallModel();
// The gate reads this line (.ci/run).
if (reason !== null) console.log(`skipped: ${reason}`);

export default defineConfig({
  root: import.meta.dirname,
  test: {
    include: reason === null ? ['*.test.ts'] : [],
    passWithNoTests: reason !== null,
    // There is one model with one thread.
    fileParallelism: false,
    // Everything ends within three minutes because of the time limit of a run; these limits only stop a hang.
    testTimeout: 480_000,
    hookTimeout: 120_000,
  },
});
