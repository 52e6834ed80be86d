import { defineConfig } from 'vitest/config';
import { chromiumPath } from './chromium.ts';

const hasBrowser = chromiumPath() !== null;
// The gate reads this line (.ci/run).
if (!hasBrowser)
  console.log('skipped: there is no Chromium here (apt-get install chromium, or set CHROMIUM)');

export default defineConfig({
  root: import.meta.dirname,
  test: {
    include: hasBrowser ? ['*.test.ts'] : [],
    passWithNoTests: !hasBrowser,
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
