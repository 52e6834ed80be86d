import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Chain, exporting, startChain } from '../src/chain.ts';
import { instruction, startPromptReader } from './prompt-reader.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const folder = mkdtempSync(path.join(tmpdir(), 'agento-eval-gate-'));
const suite = path.join(folder, 'town.yaml');
const modules = [1, 2, 3];
let model: Awaited<ReturnType<typeof startPromptReader>>;
const chains: Chain[] = [];

/** The modules with the ItemExpander's prompt changed, as somebody might who works on it. */
async function chainWith(name: string, change: (prompt: string) => string): Promise<Chain> {
  const services = path.join(folder, name, 'services');
  for (const number of modules) {
    const [from, to] = [path.join(root, `services/module${number}`), path.join(services, `module${number}`)];
    cpSync(from, to, { recursive: true, filter: (source) => path.basename(source) !== 'node_modules' });
    symlinkSync(path.join(from, 'node_modules'), path.join(to, 'node_modules'));
  }
  const file = path.join(services, 'module3/prompts/item-expander.md');
  writeFileSync(file, change(readFileSync(file, 'utf8')));
  const chain = await startChain({ modules, modelUrl: model.url, services });
  chains.push(chain);
  return chain;
}

const raised = (prompt: string) => prompt.replace('version: 2.0.0', 'version: 2.0.1');

/** `agento eval` of the suite, as a user calls it. One run at a time: the model's chance then falls the same way always. */
async function evaluate({ url, dataDir }: Chain, ...options: string[]) {
  const main = path.join(root, 'packages/cli/src/main.mjs');
  const child = spawn(
    process.execPath,
    [main, 'eval', suite, '--url', url(1), '--at-once', '1', '--yes', ...options],
    {
      env: { PATH: process.env.PATH, AGENTO_DATA_DIR: dataDir, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [stdout, stderr] = await Promise.all([textOf(child.stdout), textOf(child.stderr)]);
  return { exitCode: await ended, stdout, stderr };
}

beforeAll(async () => {
  model = await startPromptReader();
  writeFileSync(
    suite,
    `suite: town
repeats: 4
options: { stop_after: 3 }
checks:
  - { metric: failed_steps, at_most: 0 }
compare:
  - metric: draft_score
  - metric: draft_pass
goals:
  - { id: cafe, goal: Open a repair café in a small town }
  - { id: sailing, goal: Learn to sail }
`,
  );
});
afterAll(async () => {
  await Promise.all(chains.map((chain) => chain.stop()));
  await model?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(!exporting)('The gate, with a model whose answers depend on the prompt', () => {
  it('makes a baseline, and passes again and again while the prompt is the same', async () => {
    const chain = await chainWith('same', (prompt) => prompt);
    const made = await evaluate(chain, '--update-baseline');
    expect(made).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('The baseline is written') });
    expect(existsSync(path.join(folder, 'town.baseline.json'))).toBe(true);

    for (let time = 0; time < 2; time++) {
      const { exitCode, stdout } = await evaluate(chain);
      expect({ exitCode, stdout }).toEqual({
        exitCode: 0,
        stdout: expect.stringMatching(/^town: passed \(8 runs/),
      });
      expect(stdout).toMatch(/✔ draft_score: 0\.\d+ → 0\.\d+, no worse \(p = [\d.]+, exact permutation test/);
    }
  });

  it('passes a prompt that says the same in other words, and says that it is another', async () => {
    const chain = await chainWith('equal', (prompt) =>
      raised(prompt).replace('You turn one line of a plan', 'You make one line of a plan'),
    );
    const { exitCode, stdout } = await evaluate(chain);
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: expect.stringMatching(/^town: passed \(8 runs/),
    });
    expect(stdout).toMatch(/! the prompt of ItemExpander is 2\.0\.1 [0-9a-f]{12}, was 2\.0\.0 [0-9a-f]{12}/);
  });

  it('fails a prompt that lost an instruction, with the numbers of each goal and how sure that is', async () => {
    const chain = await chainWith('worse', (prompt) => {
      expect(prompt).toContain(instruction);
      return raised(prompt).replace(instruction, 'provide something');
    });
    const { exitCode, stdout } = await evaluate(chain);
    expect({ exitCode, stdout }).toEqual({
      exitCode: 1,
      stdout: expect.stringMatching(/^town: FAILED \(8 runs/),
    });
    expect(stdout).toMatch(
      /✖ draft_score: 0\.\d+ → 0\.\d+, worse \(p = 0\.00\d+, exact permutation test; a change of 0\.05\s+matters\)\n {6}cafe: 0\.\d+ .*→ 0\.\d+ .*\n {6}sailing: 0\.\d+/,
    );
  });
});
