import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Chain, startChain } from '../src/chain.ts';

const script = new URL('../../../docs/examples/runs.py', import.meta.url).pathname;
const hasPython = spawnSync('python3', ['--version']).status === 0;

describe.skipIf(!hasPython)('the client in docs/examples/runs.py (skipped where there is no python3)', () => {
  let chain: Chain;
  let folder: string;

  beforeAll(async () => {
    chain = await startChain({ latencyMs: 100 });
    folder = await mkdtemp(join(tmpdir(), 'agento-python-'));
  });
  afterAll(async () => {
    await chain.stop();
    await rm(folder, { recursive: true, force: true });
  });

  function start() {
    const child = spawn('python3', [script, chain.url(1), 'Plan a street fair', join(folder, 'fair.json')]);
    const said = { output: '', progress: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said.output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said.progress += text;
    });
    return { child, said };
  }

  async function killAt(event: string, { child, said }: ReturnType<typeof start>): Promise<void> {
    const killed = once(child satisfies ChildProcess, 'close');
    child.stderr.on('data', () => {
      if (said.progress.includes(event)) child.kill('SIGKILL');
    });
    await killed;
  }

  it('is killed in the middle, comes back, misses no event, and gets the plan of the one run there was', async () => {
    const first = start();
    await killAt('step.finished', first);
    const second = start();
    await once(second.child, 'close');

    expect(second.child.exitCode, second.said.progress).toBe(0);
    const output = JSON.parse(second.said.output) as { run_id: string; final_plan: { name: string } };
    expect(output.final_plan.name).toBe('final_plan.md');
    const idsOf = (text: string) => [...text.matchAll(/^(\d\.\d+) /gm)].map(([, id]) => id);
    const seen = new Set([...idsOf(first.said.progress), ...idsOf(second.said.progress)]);
    const events = await (await fetch(`${chain.url(1)}/runs/${output.run_id}/events`)).text();
    const all = [...events.matchAll(/^id: (\d\.\d+)$/gm)].map(([, id]) => id);
    expect([...seen]).toEqual(all);
    const { runs } = (await (await fetch(`${chain.url(1)}/runs`)).json()) as { runs: { run_id: string }[] };
    expect(runs.map(({ run_id }) => run_id)).toEqual([output.run_id]);
    expect(JSON.parse(await readFile(join(folder, 'fair.json'), 'utf8'))).toMatchObject({
      run: `/runs/${output.run_id}`,
    });
  });
});
