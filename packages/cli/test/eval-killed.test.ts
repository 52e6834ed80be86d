import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { root } from '@agento/files/home';
import { expect, onTestFinished, test } from 'vitest';

const exporting = process.env.OTEL_EXPORTER_OTLP_ENDPOINT !== 'disabled';

/** What the store keeps for itself begins with a dot. */
async function runsIn(dataDir: string): Promise<string[]> {
  return (await readdir(path.join(dataDir, 'runs'))).filter((name) => !name.startsWith('.'));
}

test.skipIf(!exporting || process.platform !== 'linux')(
  'An eval that is killed with all it started goes on with the same runs, and they give what they would have given',
  async () => {
    const dataDir = await mkdtemp(path.join(tmpdir(), 'agento-eval-killed-'));
    onTestFinished(() => rm(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }));
    const evaluate = () =>
      spawn(
        process.execPath,
        [path.join(root, 'packages/cli/src/main.ts'), 'eval', path.join(root, 'evals/offline.yaml')],
        {
          env: {
            ...process.env,
            OPENAI_API_KEY: '',
            OPENAI_BASE_URL: '',
            AGENTO_MODEL: '',
            AGENTO_DATA_DIR: dataDir,
            AGENTO_OFFLINE_LATENCY_MS: '300',
          },
          stdio: ['ignore', 'pipe', 'pipe'],
        },
      );
    const killed = evaluate();
    // The shortest of the runs has ended; the others go on.
    await once(killed.stderr, 'data');
    killed.kill('SIGKILL');
    await once(killed, 'close');
    const begun = await runsIn(dataDir);

    const second = evaluate();
    const ended = once(second, 'close');
    const [stdout, stderr] = await Promise.all([textOf(second.stdout), textOf(second.stderr)]);
    const [exitCode] = await ended;
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: expect.stringMatching(/^offline: passed \(3 runs/),
    });
    expect(stderr).toMatch(/^It goes on with the eval that began at/);
    const made = await runsIn(dataDir);
    expect([made.length, made]).toEqual([3, expect.arrayContaining(begun)]);
  },
);
