import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
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

/** The shell commands of a section of the README. */
const commandsOf = (heading: string) => {
  const [, section = ''] = (pages[0]?.text ?? '').split(`\n## ${heading}\n`);
  return [...(section.split('\n## ')[0] ?? '').matchAll(/```sh\n([\s\S]*?)```/g)].map(
    ([, code = '']) => code,
  );
};
const hasJq = spawnSync('jq', ['--version']).status === 0;

test.skipIf(!hasJq)(
  'The README’s questions get their answers from a trace, and numbers are numbers.',
  async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'agento-docs-'));
    const int = (key: string, intValue: string | number) => ({ key, value: { intValue } });
    const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
    const span = (spanId: string, name: string, attributes: object[], events: object[] = []) => ({
      ...{ spanId, name, startTimeUnixNano: '1000000000', endTimeUnixNano: '1005000000' },
      attributes,
      events,
    });
    const call = (id: string, ...more: object[]) =>
      span(id, 'chat m', [text('agento.step', 'model.call'), text('agent.name', 'A'), ...more]);
    const choice = [
      ['chosen', { key: '', value: { arrayValue: { values: [{ stringValue: 'c1' }] } } }],
      ['rejected', text('', '[]')],
      ['candidates', text('', '[{"id": "c1", "label": "Ten volunteers"}]')],
    ].map(([key, entry]) => ({ ...(entry as object), key: `agento.decision.${key}` }));
    const verdict = [text('agento.criterion.id', 'c1'), text('gen_ai.evaluation.score.label', 'fail')];
    const feedback = {
      name: 'agento.feedback',
      attributes: [text('text', 'More'), int('suggestion_id', '7')],
    };
    const spans = [
      call('1', int('gen_ai.usage.input_tokens', '9007199254740991'), int('gen_ai.usage.output_tokens', '0')),
      call('2', int('gen_ai.usage.output_tokens', 12)),
      span('3', 'criteria_evaluation', choice),
      span('4', 'expansion_evaluation', verdict),
      span('5', 'revision_evaluation', [text('agento.item.id', 'p1-i1')], [feedback]),
    ];
    await mkdir(path.join(folder, 'data', 'traces'), { recursive: true });
    const file = path.join(folder, 'data', 'traces', 't.jsonl');
    await writeFile(file, JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }));

    const [helper = '', ...questions] = commandsOf('Questions the trace answers');
    const answers = questions.map((question) => {
      const script = `${helper.replace('<trace id>', 't')}\n${question}`;
      const { stdout, stderr } = spawnSync('bash', ['-c', script], { cwd: folder, encoding: 'utf8' });
      return stderr || JSON.parse(stdout);
    });
    await rm(folder, { recursive: true });
    expect(answers).toEqual([
      { chosen: ['c1'], reason: null, margin: null, tie_break: null, rejected: [] },
      { item: 'p1-i1', suggestion_id: 7, status: null, text: 'More', evidence: null },
      { agent: 'A', calls: 2, ms: 10, tokens: 9_007_199_254_740_991 + 12, usd: 'unknown' },
      { criterion: 'c1', picked_by: null, failed: 1, of: 1, text: 'Ten volunteers' },
    ]);
  },
);

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
