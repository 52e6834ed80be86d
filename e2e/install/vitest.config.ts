import { execFileSync } from 'node:child_process';
import { defineConfig } from 'vitest/config';
import { testsUnless } from '../src/tests-unless.ts';

/** Why nothing can be installed here; null when it can. */
function obstacle(): string | null {
  try {
    execFileSync('npm', ['view', '@opentelemetry/api', 'version', '--fetch-retries=0'], {
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: 60_000,
    });
    return null;
  } catch (error) {
    if (process.env.CI === 'true') throw error;
    const said = String((error as { stderr?: unknown }).stderr ?? '').trim() || String(error);
    return `npm cannot reach its registry: ${said.split('\n')[0]}`;
  }
}

const reason = obstacle();

export default defineConfig({
  root: import.meta.dirname,
  test: {
    ...testsUnless(reason),
    globalSetup: reason === null ? ['./tarballs.ts'] : [],
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
