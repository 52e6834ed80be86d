import { describe, expect, test } from 'vitest';
import { domains, generalDomains } from '../src/domains/index.ts';
import { otherScripts } from '../src/domains/other-scripts.ts';
import { clausesOf, criterionText, knowledge } from '../src/knowledge.ts';
import { coverage } from '../src/language/coverage.ts';

const goal = 'Prepare Quixland';
const known = knowledge(goal);

describe.each([...domains, ...generalDomains])('$name', (domain) => {
  test('has at least seven criteria and nine topics, and one settled sentence the approval rule knows', () => {
    expect(domain.criteria.length).toBeGreaterThanOrEqual(7);
    expect(domain.topics.length).toBeGreaterThanOrEqual(9);
    expect(domain.settled.every((text) => text.includes('cannot be reopened'))).toBe(true);
    expect(domain.topics.every(({ steps }) => steps.length === 3)).toBe(true);
  });

  test('covers each criterion in full by both clauses, and never by the first alone', () => {
    const covered = domain.criteria.map((criterion) => {
      const text = criterionText(known, criterion);
      const { first, second } = clausesOf(known, text);
      const share = (part: string) => coverage(text, goal, part).share;
      return { text, part: share(first), whole: share(`${first} ${second}`) };
    });
    expect(covered.filter(({ part, whole }) => part >= 0.6 || part < 0.2 || whole < 0.6)).toEqual([]);
  });
});

test('every list of words in other scripts belongs to a domain', () => {
  const names = domains.map(({ name }) => name);
  expect(Object.keys(otherScripts).filter((name) => !names.includes(name))).toEqual([]);
});

test.each([
  ['Open a repair café in a small town', 'community life'],
  ['Open a café with home-made bread', 'food and hospitality'],
  ['Run a marathon in under four hours', 'health and fitness'],
  ['Migrate our legacy billing system to the cloud', 'software'],
  ['Hire ten nurses for a rural clinic', 'hiring and working together'],
  ['تنظيم مهرجان للأطفال في القرية', 'community life'],
  ['我想学会拉小提琴', 'teaching and learning'],
])('places "%s" in %s', (text, name) => {
  expect(knowledge(text).domains[0].name).toBe(name);
});

test.each([
  ['Open a repair café in a small town', 'the repair café', 'the repair café in a small town'],
  ['I want to run a marathon in under four hours', 'the marathon', 'the marathon in under four hours'],
  ['Become a better listener', 'becoming a better listener', 'becoming a better listener'],
  ['Reduce food waste at our school', 'food waste', 'food waste at our school'],
  ['Plant 300 trees along the river', 'the 300 trees', 'the 300 trees along the river'],
  ['我想学会拉小提琴', '“我想学会拉小提琴”', '“我想学会拉小提琴”'],
])('speaks of "%s" as %s', (text, subject, whole) => {
  expect(knowledge(text).subject).toMatchObject({ subject, whole });
});
