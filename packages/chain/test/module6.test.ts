import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exporting } from '../src/chain.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const example = path.resolve(import.meta.dirname, '../module6');
const copy = path.join(mkdtempSync(path.join(tmpdir(), 'agento-module6-')), 'agento');

function run(command: string, args: string[], cwd = copy): string {
  // As at a prompt: nothing of the test that runs this reaches the commands, nor where its own spans go.
  const own = { ...process.env };
  for (const name of [
    'VITEST',
    'VITEST_POOL_ID',
    'VITEST_WORKER_ID',
    'NODE_ENV',
    'FORCE_COLOR',
    'OTEL_EXPORTER_OTLP_ENDPOINT',
  ])
    delete own[name];
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    env: { ...own, PATH: `${path.dirname(process.execPath)}:${own.PATH}`, NO_COLOR: '1' },
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0)
    throw new Error(`${command} ${args.join(' ')} ended with ${status}:\n${stdout}\n${stderr}`);
  return stdout;
}

function agento(...args: string[]): string {
  return run('node', ['packages/cli/src/main.mjs', ...args]);
}

/** Changes a file of the copy in one place, which must be there. */
function edit(file: string, before: string, after: string): void {
  const text = readFileSync(path.join(copy, file), 'utf8');
  expect(text, file).toContain(before);
  writeFileSync(
    path.join(copy, file),
    text.replace(before, () => after),
  );
}

/** The steps of the recipe, by their numbers in CONTRIBUTING.md. */
const steps: Record<number, () => void> = {
  1() {
    edit(
      'packages/contracts/src/chain.ts',
      "import { module5 } from './modules/module5.ts';\n",
      "import { module5 } from './modules/module5.ts';\nimport { module6 } from './modules/module6.ts';\n",
    );
    edit('packages/contracts/src/chain.ts', 'module5];', 'module5, module6];');
    appendFileSync(
      path.join(copy, 'packages/contracts/src/index.ts'),
      "export * from './modules/module6.ts';\n",
    );
    cpSync(path.join(example, 'packages/contracts'), path.join(copy, 'packages/contracts'), {
      recursive: true,
    });
  },
  2() {
    cpSync(path.join(example, 'services'), path.join(copy, 'services'), { recursive: true });
    run('npx', ['--yes', 'pnpm@12', 'install', '--no-frozen-lockfile', '--prefer-offline']);
  },
  3() {
    const index = 'packages/offline-model/src/agents/index.ts';
    cpSync(path.join(example, 'packages/offline-model'), path.join(copy, 'packages/offline-model'), {
      recursive: true,
    });
    edit(index, 'import {\n', 'import {\n  briefWriting,\n');
    edit(
      index,
      'import { qualityChecker }',
      "import { publisher } from './publisher.ts';\nimport { qualityChecker }",
    );
    edit(
      index,
      '  rule(qualityCheck, qualityChecker),\n',
      '  rule(qualityCheck, qualityChecker),\n  rule(briefWriting, publisher),\n',
    );
  },
  4() {
    const compose = 'docker-compose.yml';
    edit(compose, ',module5${', ',module5,module6${');
    edit(
      compose,
      'module5: { condition: service_healthy }\n',
      'module5: { condition: service_healthy }\n      module6: { condition: service_healthy }\n',
    );
    const text = readFileSync(path.join(copy, compose), 'utf8');
    const fifth = /\n {2}module5:\n(?: {4}.*\n| *\n)+/.exec(text)?.[0].trimEnd() ?? '';
    const sixth = fifth
      .replaceAll('3005', '3006')
      .replaceAll('odule5', 'odule6')
      .replaceAll('MODULE5', 'MODULE6');
    const calling = fifth.replace('PORT: 3005', 'PORT: 3005\n      AGENTO_NEXT_URL: http://module6:3006');
    edit(compose, fifth, `${calling}\n${sixth}`);
    const unit = (number: number) => `agento-module@${number}.service`;
    edit('deploy/systemd/agento.target', unit(5), `${unit(5)} ${unit(6)}`);
    edit('deploy/scale.env', 'AGENTO_PORT_MODULE5=\n', 'AGENTO_PORT_MODULE5=\nAGENTO_PORT_MODULE6=\n');
    edit('deploy/kubernetes/agento/values.yaml', '  - module5\n', '  - module5\n  - module6\n');
    edit('deploy/prometheus/prometheus.yml', 'module5:3005]', 'module5:3005, module6:3006]');
  },
  5() {
    const tests = 'packages/evidence/test';
    cpSync(path.join(example, tests), path.join(copy, tests), { recursive: true });
    edit(
      `${tests}/golden/content-off.yaml`,
      '  - agento.plan.section\n',
      '  - agento.plan.section\n  - agento.brief\n',
    );
    edit(
      `${tests}/good-trace.ts`,
      "import { module5 } from './good-trace/module5.ts';\n",
      "import { module5 } from './good-trace/module5.ts';\nimport { module6 } from './good-trace/module6.ts';\n",
    );
    edit(`${tests}/good-trace.ts`, 'module5];', 'module5, module6];');
  },
  6() {
    run('npx', ['--yes', 'pnpm@12', 'run', 'tables']);
    run('npx', ['--yes', 'pnpm@12', 'fix']);
  },
};

beforeAll(() => {
  run('git', ['clone', '--quiet', root, copy], tmpdir());
  // As it stands, with what is not committed yet.
  const changed = run('git', ['diff', 'HEAD', '--binary'], root);
  if (changed !== '') {
    writeFileSync(`${copy}.diff`, changed);
    run('git', ['apply', '--whitespace=nowarn', `${copy}.diff`]);
  }
  for (const file of run('git', ['ls-files', '--others', '--exclude-standard'], root).split('\n')) {
    if (file !== '') cpSync(path.join(root, file), path.join(copy, file), { recursive: true });
  }
  run('git', ['add', '--all']);
  for (const number of Object.keys(steps)) steps[Number(number)]?.();
}, 300_000);
afterAll(() => rmSync(path.dirname(copy), { recursive: true, force: true }));

/** The recipe as it stands in CONTRIBUTING.md, without its heading. */
function recipe(): string {
  const text = readFileSync(path.join(root, 'CONTRIBUTING.md'), 'utf8');
  return /\n## Add module 6\n([\s\S]*?)\n## /.exec(text)?.[1] ?? '';
}

// Once is enough: what it starts exports in either mode of the suite.
describe.runIf(exporting)('Module 6 by the recipe', () => {
  it('takes the steps that the recipe has, in the files that it names.', () => {
    const numbers = [...recipe().matchAll(/^(\d+)\. /gm)].map(([, number]) => Number(number));
    expect(Object.keys(steps).map(Number)).toEqual(numbers);

    const touched = run('git', ['status', '--porcelain', '--untracked-files=all'])
      .split('\n')
      .filter((line) => line !== '' && line[1] !== ' ')
      .map((line) => line.slice(3))
      .filter((file) => file !== 'pnpm-lock.yaml');
    const unnamed = touched.filter((file) => !recipe().includes(`\`${file}\``));
    expect(unnamed).toEqual([]);
  });

  it('is right by types and lint.', () => {
    run('npx', ['tsc', '--noEmit']);
    run('npx', ['biome', 'check', '--error-on-warnings', '.']);
  });

  it('behaves as every module does, and leaves the tests of the others as they are.', () => {
    const tests = {
      chain: ['behaviour', 'deployment', 'golden'],
      cli: ['plan', 'ports', 'usage'],
      contracts: [''],
      evidence: [''],
    };
    const files = Object.entries(tests).flatMap(([name, files]) =>
      files.map((file) => `packages/${name}/test/${file}`),
    );
    const told = run('npx', ['vitest', 'run', ...files]);
    expect(told).toMatch(/Tests +[1-9]\d* passed/);
    // It runs some 2,500 tests.
  }, 360_000);

  it('runs after the five in one trace, which the validator has nothing against.', () => {
    const told = agento('start', '--port-base', '0', 'Open a repair café in a small town');
    expect(told).toContain('brief_writing');
    const [, trace = ''] = /\b([0-9a-f]{32})\b/.exec(told) ?? [];
    const tree = agento('trace', trace);
    for (const number of [1, 2, 3, 4, 5, 6]) expect(tree).toContain(`run_module_${number}`);
    // It ends with 0 only when nothing is found.
    agento('validate', trace, '--complete');
  });
});
