import { defineConfig } from 'vitest/config';
import { collectorBinary } from '../src/collector.ts';
import { testsUnless } from '../src/tests-unless.ts';

const reason = collectorBinary() === null ? 'deploy/images/collector.sh has not built the collector' : null;

export default defineConfig({
  root: import.meta.dirname,
  test: {
    ...testsUnless(reason),
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
