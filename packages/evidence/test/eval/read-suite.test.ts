import { chain } from '@agento/contracts';
import { expect, test } from 'vitest';
import { readSuite } from '../../src/eval/index.ts';

const goals = 'goals:\n  - { id: cafe, goal: Open a café }\n';
const found = (text: string) => readSuite(text).findings.map(({ line, detail }) => `${line}: ${detail}`);

test('A check that can never fail, or never hold, is refused', () => {
  const suite = `suite: town
checks:
  - { metric: score, at_least: 70 }
  - { metric: score, at_least: 0.9, at_most: 0.1 }
  - { metric: calls, at_least: 0 }
  - { must: /a*/ }
  - { must_not: // }
  - outcome: [published, held, stopped, failed, cancelled]
  - { metric: score, at_least: 0 }
compare:
  - { metric: score, least: 1 }
  - { metric: calls }
  - { metric: calls, better: same }
${goals}`;
  expect(found(suite)).toEqual([
    '3: checks.0: can never hold: score is from 0 to 1',
    '4: checks.1: can never hold: at_least is above at_most',
    '5: checks.2: can never fail: calls is never below 0',
    '6: checks.3.must: can never fail: the pattern fits an empty text, too',
    '7: checks.4.must_not: can never hold: the pattern fits an empty text, too',
    '8: checks.5.outcome: can never fail: it allows every end; name those that are good',
    '11: compare.0.least: can never fail: score is from 0 to 1',
    '13: compare.2.metric: calls is compared above already',
  ]);
});

test('So is a check of the finished plan where runs stop before it, and a name that two checks of a goal have', () => {
  const suite = `suite: town
options: { stop_after: 3 }
checks:
  - { must: tools }
  - { metric: draft_score, at_least: 0.5, name: good }
  - { outcome: [published, held] }
  - { outcome: [stopped, held], name: good }
${goals}`;
  expect(found(suite)).toEqual([
    '9: goals.0: two of its checks are called good',
    '9: goals.0: can never hold where runs stop after module 3: must say “tools”',
    '9: goals.0: can never hold where runs stop after module 3: outcome published or held',
  ]);
  expect(found(`suite: town\noptions: { stop_after: 9 }\n${goals}`)).toEqual([
    `2: options.stop_after: must be <= ${chain.length}`,
  ]);
});

test('What is no suite gets a sentence, however it is broken', () => {
  const bomb = Array.from({ length: 9 }, (_, depth) =>
    depth === 0
      ? 'a0: &a0 [x, x, x, x, x, x, x, x]'
      : `a${depth}: &a${depth} [${Array(8)
          .fill(`*a${depth - 1}`)
          .join(', ')}]`,
  ).join('\n');
  const texts = {
    empty: '',
    'a list': '- a',
    bomb,
    'nested too deeply': `suite: ${'['.repeat(20_000)}${']'.repeat(20_000)}`,
    'two documents': `suite: town\n${goals}---\nsuite: town\n`,
    'a key twice': `suite: town\nsuite: town\n${goals}`,
    tabs: 'suite: town\n\tgoals: 1\n',
    'not a number': `suite: town\nchecks: [{ metric: score, at_least: .nan }]\n${goals}`,
    flags: `suite: town\nchecks: [{ must: /a/y }]\n${goals}`,
  };
  expect(Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, found(text)]))).toEqual({
    empty: ['1: there is nothing in it'],
    'a list': ['1: the suite: must be object'],
    bomb: ['1: Excessive alias count indicates a resource exhaustion attack'],
    'nested too deeply': ['1: is nested too deeply'],
    'two documents': ['4: a second document: a suite is one'],
    'a key twice': ['2: Map keys must be unique'],
    tabs: ['2: Tabs are not allowed as indentation'],
    'not a number': ['2: checks.0.at_least: must be number'],
    flags: ['2: checks.0.must: the flags of a pattern may be i, m, s and u, not y'],
  });
});
