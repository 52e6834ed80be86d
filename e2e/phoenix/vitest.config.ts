import { defineConfig } from 'vitest/config';
import { testsUnless } from '../src/tests-unless.ts';
import { installPhoenix } from './phoenix.ts';

export default defineConfig({
  root: import.meta.dirname,
  test: {
    ...testsUnless(installPhoenix()),
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
