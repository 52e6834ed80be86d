import { defineConfig } from 'vitest/config';
import { testsUnless } from '../src/tests-unless.ts';
import { installSmallModel } from './small-model.ts';

export default defineConfig({
  root: import.meta.dirname,
  test: {
    ...testsUnless(installSmallModel()),
    // There is one model with one thread.
    fileParallelism: false,
    // Everything ends within three minutes because of the time limit of a run; these limits only stop a hang.
    testTimeout: 480_000,
    hookTimeout: 120_000,
  },
});
