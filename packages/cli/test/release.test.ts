import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { version } from '@agento/contracts';
import { root } from '@agento/files/home';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

const read = (file: string) => readFileSync(path.join(root, file), 'utf8');

interface Workflow {
  jobs: Record<
    string,
    {
      if?: string;
      needs?: string;
      environment?: string;
      permissions?: Record<string, string>;
      steps: { uses?: string; run?: string }[];
    }
  >;
}
const workflow = parse(read('.github/workflows/release.yml')) as Workflow;
const commandsOf = (job: string) => (workflow.jobs[job]?.steps ?? []).map(({ run = '' }) => run);

test('All packages, the chart and the newest entry of the changelog have one version', () => {
  const manifests = ['package.json', ...globSync('{packages,services}/*/package.json', { cwd: root })];
  const versions = manifests.map((file) => (JSON.parse(read(file)) as { version: string }).version);
  const chart = parse(read('deploy/kubernetes/agento/Chart.yaml')) as { version: string; appVersion: string };
  const [, newest] = /^## (\S+) — (?:unreleased|20\d\d-\d\d-\d\d)$/m.exec(read('CHANGELOG.md')) ?? [];

  expect([...new Set([...versions, chart.version, chart.appVersion, newest])]).toEqual([version]);
});

test('The release runs only scripts that there are', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const named = Object.keys(workflow.jobs)
    .flatMap(commandsOf)
    .flatMap((run) => [...run.matchAll(/pnpm@12 (\S+)/g)].map(([, script = '']) => script));

  expect(named).toContain('pack:product');
  expect(named.filter((name) => name !== 'install' && !(name in scripts))).toEqual([]);
});

test('The release stops before publishing: what publishes waits for a variable and for a person, and has nothing else to do', () => {
  const publishing = Object.keys(workflow.jobs).filter((job) =>
    commandsOf(job).some((run) => /npm (?:\S+ )*publish|npm stage/.test(run)),
  );

  expect(publishing).toEqual(['publish']);
  expect(workflow.jobs.publish).toMatchObject({
    needs: 'pack',
    if: "github.ref_type == 'tag' && vars.AGENTO_PUBLISH == 'true'",
    environment: 'npm',
    permissions: { 'id-token': 'write' },
  });
});

test('Nobody is told to have npm look for the bare name, which is a stranger’s package', () => {
  const files = [
    'README.md',
    'CONTRIBUTING.md',
    ...globSync(['docs/**/*.md', 'packages/*/README.md'], { cwd: root }),
  ];
  const bare = /\b(?:npx|npm exec|pnpm dlx|npm i|npm install|pnpm add)(?: -\S+)* agento\b(?!-)/;

  expect(files.filter((file) => bare.test(read(file)))).toEqual([]);
});
