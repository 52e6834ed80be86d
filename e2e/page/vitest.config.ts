import { defineConfig } from 'vitest/config';
import { testsUnless } from '../src/tests-unless.ts';
import { chromiumPath } from './chromium.ts';

const reason =
  chromiumPath() === null ? 'there is no Chromium here (apt-get install chromium, or set CHROMIUM)' : null;

export default defineConfig({
  root: import.meta.dirname,
  test: {
    ...testsUnless(reason),
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 60_000 } },
  },
});
