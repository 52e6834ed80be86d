import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { commandVariables, modelVariables, offlineVariables, serviceVariables } from '@agento/contracts';
import { telemetryVariables } from '@agento/tracing/variables';
import { expect, test } from 'vitest';
import { root } from '../src/environment.ts';
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

test.each([
  ['contracts.md', { ...serviceVariables, ...modelVariables, ...commandVariables, ...offlineVariables }],
  ['telemetry.md', telemetryVariables],
])('The tables of variables in docs/%s are those of the code.', (page, variables) => {
  const text = pages.find(({ file }) => file === path.join('docs', page))?.text ?? '';
  const rows = text.split('\n').map((line) => line.split(/ *\| */).slice(1, -1));

  for (const [name, { default: value, description }] of Object.entries(variables)) {
    expect(rows).toContainEqual([`\`${name}\``, value && `\`${value}\``, description]);
  }
});
