import picocolors from 'picocolors';
import { expect, test } from 'vitest';
import {
  type Evidence,
  NotShownError,
  pageAsText,
  type Question,
  type RunReading,
  readRuns,
  why,
} from '../src/index.ts';
import { goldenNames, goldenTrace, withoutContent } from './golden/index.ts';
import { recordedTrace } from './recorded/index.ts';

const [run] = readRuns(recordedTrace()) as [RunReading];
const linksOf = (question: Question, of = run) => why(of, question).data.links as Evidence[];
const missingOf = (question: Question, of = run) => why(of, question).data.not_found as string[];
const passage = (text: string, ...words: string[]) => linksOf({ words, text })[0]?.says;

test('a text goes back by suggestion, failed verdict and criterion to the goal, each link with its span', () => {
  const links = linksOf({ words: ['p3-i2-a2'] });
  const heads = links.map(({ key, span_id }) => `${key} ${span_id}`);
  const behind = (key: string) => links.find((link) => link.key === key)?.because;

  expect(behind('text p3-i2-a2')).toEqual([
    'decision d6c099bd1502c29e',
    'suggestion p3-i2-a1-s1',
    'request r-p3-i2',
    'text p3-i2-a1',
  ]);
  expect(behind('suggestion p3-i2-a1-s1')).toEqual([
    'verdict revision_criterion p3-i2 a1 c2',
    'text p3-i2-a1',
  ]);
  expect(behind('verdict revision_criterion p3-i2 a1 c2')).toEqual(['criterion c2', 'text p3-i2-a1']);
  expect(behind('criterion c2')).toEqual(['decision 2f8acb1a02df9c4b', 'search', 'goal']);
  expect(heads[0]).toBe('text p3-i2-a2 15e18ef6c1bda695');
  expect(heads.at(-1)).toBe('goal e70e736bd0e82b1f');
  expect(links.every(({ span_id }) => span_id !== null)).toBe(true);
});

test('a decision names the others with their scores and why not they', () => {
  const [decision] = linksOf({ words: ['plan_selection'] });

  expect(decision?.says).toBe('PlanGenerator decided plan_selection: p3 over p1, p2, by a margin of 0.01.');
  expect(decision?.shown_by).toEqual([
    'p3 has the highest mean score over all criteria: 0.608',
    'p1, total 0.598, not chosen: mean score 0.598, 0.01 below p3',
    'p2, total 0.484, not chosen: mean score 0.484, 0.124 below p3',
    'p3, total 0.608, chosen',
  ]);
});

test('a passage is found as it stands, by its words, and by most of its words, and who wrote it first', () => {
  const first = 'ItemExpander wrote this first in p3-i2-a0; it stands in the final text p3-i2-a2';
  const refined = 'RevisionRefiner wrote this first in p3-i2-a2; it stands in the final text p3-i2-a2';
  const { value } = run.items[1]?.texts[0]?.text ?? { value: null };
  const [sentence = ''] = value?.match(/[A-Z][^.]{30,}\./) ?? [];

  expect(passage(sentence, 'p3-i2')).toBe(`${first} (match: exact).`);
  expect(passage('account book; the sum stays within what is given', 'p3-i2')).toBe(
    `${refined} (match: exact).`,
  );
  expect(passage('ACCOUNT book - the sum stays within what is given', 'p3-i2')).toBe(
    `${refined} (match: normalised).`,
  );
  expect(
    passage(
      'Money spent on the choice of a form is entered in the account book; the sum stays within what is given, we have at most 5,000 euros',
      'p3-i2',
    ),
  ).toMatch(/^RevisionRefiner .* \(match: \d\d % of the words in common\)\.$/);
});

test('what the trace lacks is said', () => {
  expect(missingOf({ words: ['p3-i2-a2'] })).toEqual(['a source of the search']);
  const [off] = readRuns(withoutContent(recordedTrace())) as [RunReading];
  expect(missingOf({ words: ['p3-i2-a2'] }, off)).toEqual(
    expect.arrayContaining([
      'the text of p3-i2-a2 as it was written (content off)',
      'the goal as it was given (content off)',
    ]),
  );
  expect(() => why(off, { words: [], text: 'the account book' })).toThrow(
    'This trace holds no text to look in: content off.',
  );
});

test('a trace with fewer spans than it counts says so above the chain', () => {
  const trace = recordedTrace();
  const spans = trace.spans.filter(({ span_id }) => span_id !== 'bb9768c481f98971');
  const [less] = readRuns({ ...trace, spans }) as [RunReading];
  const page = pageAsText(why(less, { words: ['p3-i2-a2'] }).page, {
    colors: picocolors.createColors(false),
    width: 100,
  });

  expect(page).toMatch(/^evidence {2}incomplete: /m);
  expect(page).toContain('! a suggestion that the writer of p3-i2-a2 was told\n');
});

test('everything with an id in every trace has a chain that ends at the goal', () => {
  const traces = goldenNames.map(goldenTrace).flatMap((trace) => [trace, withoutContent(trace)]);
  for (const reading of traces.flatMap(readRuns)) {
    const { criteria, plans, items, requests, suggestions, verdicts, steps } = reading;
    const ids = [
      ...[criteria, plans, items, requests, suggestions].flat().map(({ id }) => [id]),
      ...items.flatMap(({ texts }) => texts.map(({ id }) => [id])),
      ...verdicts.map(({ id }) => id.split(' ')),
      ...steps.map(({ span_id }) => [span_id]),
    ];
    for (const words of ids) expect(linksOf({ words }, reading).at(-1)?.key).toBe('goal');
  }
});

test('words that mean nothing here are refused', () => {
  expect(() => why(run, { words: ['c99'] })).toThrow(NotShownError);
  expect(() => why(run, { words: ['c1'], text: 'a sentence' })).toThrow(
    'With --text only an item can be named; there are p3-i1,',
  );
});
