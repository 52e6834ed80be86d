import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { commandVariables, modelVariables, offlineVariables, serviceVariables } from '@agento/contracts';
import { recordedText } from '@agento/evidence/recorded';
import { root } from '@agento/files/home';
import { metricsVariables, telemetryVariables } from '@agento/tracing/variables';
import { expect, test } from 'vitest';
import { createProgram } from '../src/program.ts';
import { testTerminal } from './test-terminal.ts';

const pages = ['README.md', ...globSync('docs/**/*.md', { cwd: root })].map((file) => ({
  file,
  text: readFileSync(path.join(root, file), 'utf8'),
}));

/** GitHub's anchor of a heading: lower case, without punctuation, spaces as hyphens. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

/** What is wrong with a relative link; null for a good one. */
function broken(file: string, link: string): string | null {
  const [target = '', anchor] = link.split('#');
  const page = target === '' ? path.join(root, file) : path.join(root, path.dirname(file), target);
  if (!existsSync(page)) return `${file}: ${target} does not exist`;
  if (anchor === undefined) return null;
  const headings = [...readFileSync(page, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, text = '']) => text);
  return headings.map(anchorOf).includes(anchor) ? null : `${file}: ${link} has no such heading`;
}

test('Every relative link in the README and the docs leads to a file, and to a heading that is there.', () => {
  const links = pages.flatMap(({ file, text }) =>
    [...text.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, link = '']) => broken(file, link)),
  );

  expect(links.filter((problem) => problem !== null)).toEqual([]);
  expect(links).not.toHaveLength(0);
});

test('The README and the docs name only verbs that exist, and contracts.md all of them.', () => {
  const { program } = createProgram(testTerminal().terminal);
  const verbs = program.commands.map((command) => command.name());
  const named = (text: string) => [...text.matchAll(/pnpm agento ([a-z]+)/g)].map(([, verb]) => verb);

  expect(pages.flatMap(({ text }) => named(text)).filter((verb) => !verbs.includes(verb ?? ''))).toEqual([]);
  const contracts = pages.find(({ file }) => file === path.join('docs', 'contracts.md'))?.text ?? '';
  expect(new Set(named(contracts))).toEqual(new Set(verbs.filter((verb) => verb !== 'start')));
});

const hasJq = spawnSync('jq', ['--version']).status === 0;

test.skipIf(!hasJq)(
  'The recipes in telemetry.md read a trace, whole texts too, and numbers are numbers.',
  async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'agento-docs-'));
    await mkdir(path.join(folder, 'data', 'traces'), { recursive: true });
    await writeFile(path.join(folder, 'data', 'traces', 't.jsonl'), recordedText());
    const page = pages.find(({ file }) => file === path.join('docs', 'telemetry.md'))?.text ?? '';
    const [, section = ''] = page.split('\n## Reading a trace without Agento\n');
    const [helper = '', recipes = ''] = [...section.matchAll(/```sh\n([\s\S]*?)```/g)].map(
      ([, code = '']) => code,
    );
    const [edges = '', prompt = ''] = recipes.split('\n\n');
    const answers = [
      edges,
      prompt,
      `spans $trace | jq -cs 'map(."gen_ai.usage.input_tokens" // 0) | add'`,
    ].map((recipe) => {
      const script = `${helper.replace('<trace id>', 't')}\n${recipe}`;
      const { stdout, stderr } = spawnSync('bash', ['-c', script], { cwd: folder, encoding: 'utf8' });
      return stderr || stdout;
    });
    await rm(folder, { recursive: true });

    expect(answers[0]).toMatch(/^ +6 plan_expansion > item_generation$/m);
    expect(JSON.parse(answers[1] ?? '')[0].content).toMatch(/^# PlanEvaluator\n/);
    expect(Number(answers[2])).toBeGreaterThan(144_000);
  },
);

test.each([
  ['contracts.md', { ...serviceVariables, ...modelVariables, ...commandVariables, ...offlineVariables }],
  ['telemetry.md', { ...telemetryVariables, ...metricsVariables }],
])('The tables of variables in docs/%s are those of the code.', (page, variables) => {
  const text = pages.find(({ file }) => file === path.join('docs', page))?.text ?? '';
  const rows = text.split('\n').map((line) => line.split(/ *\| */).slice(1, -1));

  for (const [name, { default: value, description }] of Object.entries(variables)) {
    expect(rows).toContainEqual([`\`${name}\``, value && `\`${value}\``, description]);
  }
});
