import { execFileSync } from 'node:child_process';
import { defineConfig } from 'vitest/config';

// testcontainers would start a container of its own to clean up; each suite takes its system down itself.
process.env.TESTCONTAINERS_RYUK_DISABLED = 'true';
// docker-compose.yml publishes its ports on this address only. If testcontainers mistakes the machine for a container
// (it looks for /.dockerenv), it would try Docker's gateway instead, and wait forever.
process.env.TESTCONTAINERS_HOST_OVERRIDE = '127.0.0.1';

/** Why the composed system cannot be started here; null when it can. */
function obstacle(): string | null {
  for (const command of [['info'], ['compose', 'version']]) {
    try {
      execFileSync('docker', command, { stdio: 'pipe', timeout: 30_000 });
    } catch {
      return `\`docker ${command.join(' ')}\` fails; deploy/images/build.sh installs what is needed on Debian`;
    }
  }
  return null;
}

const reason = obstacle();
if (reason !== null) {
  if (process.env.CI === 'true') throw new Error(`e2e cannot run, and in CI it must: ${reason}`);
  console.log(`e2e: skipped, there is no Docker engine with compose here: ${reason}`);
}

export default defineConfig({
  root: import.meta.dirname,
  test: {
    include: reason === null ? ['test/**/*.test.ts'] : [],
    passWithNoTests: reason !== null,
    // One system at a time: they would share two processors, and the limits below are meant for one.
    fileParallelism: false,
    testTimeout: 180_000,
    expect: { poll: { timeout: 60_000 } },
    // Building, two starts with their ends: each command has a limit of its own and says so, this one says nothing.
    hookTimeout: 1_200_000,
  },
});
