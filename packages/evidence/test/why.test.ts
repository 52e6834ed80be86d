import picocolors from 'picocolors';
import { describe, expect, test } from 'vitest';
import {
  type Evidence,
  NotShownError,
  pageAsText,
  type Question,
  type RunReading,
  readRuns,
  type Trace,
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
    'With --text only an item, or a text of it, can be named; there are p3-i1,',
  );
});

describe('A passage', () => {
  const found = (text: string, words: string[] = [], of = run) => why(of, { words, text });
  const says = (text: string, words: string[] = [], of = run) =>
    (found(text, words, of).data.links as Evidence[])[0]?.says;
  const page = (text: string, words: string[] = [], of = run) =>
    pageAsText(found(text, words, of).page, { colors: picocolors.createColors(false), width: 100 });

  test('that stands in several items is taken from the first, and the others are named with how to ask', () => {
    const text = page('the sum stays within what is given');

    expect(text).toMatch(/^Why passage of p3-i1-a0\n/);
    expect(text).toContain(
      'Also said in\n' +
        '  p3-i2-a2, in the final plan: `why <run> p3-i2-a2 --text …`\n' +
        '  p3-i5-a0, in the final plan: `why <run> p3-i5-a0 --text …`\n',
    );
    expect(text).toContain('  request r-p3-i2, suggestion p3-i2-a1-s1, verdict item_criterion p3-i1 c2, ');
    expect(text).toMatch(/ {2}\d+ prompts, first the prompt of /);
    expect(page('the sum stays within what is given', ['p3-i5-a0'])).toMatch(/^Why passage of p3-i5-a0\n/);
  });

  test('is found whatever its case, spaces, quotes, dashes, accents and Markdown', () => {
    for (const written of [
      'THE SUM STAYS within what is given',
      'the  sum\n  stays\twithin what is given',
      'the **sum** stays _within_ what is given',
      '> the sum stays — within “what is given”',
      "the `sum` stays within 'what' is given.",
    ])
      expect(says(written, ['p3-i2'])).toMatch(/in p3-i2-a2; .*\(match: normalised\)\.$/);
    expect(says('Open a repair cafe\u0301 in a SMALL town')).toMatch(/\(match: normalised\)\.$/);
  });

  test('of two sentences is found across their end', () => {
    const { value } = run.items[1]?.texts[0]?.text ?? { value: '' };
    const two = value?.match(/[A-Z][^.\n]{30,}\. [A-Z][^.\n]{30,}\./)?.[0] ?? '';

    expect(says(two.replace('. ', '.\n\n').toUpperCase(), ['p3-i2'])).toMatch(/\(match: normalised\)\.$/);
  });

  test('is not found within a longer word', () => {
    expect(() => says('UM stays within what is giv', ['p3-i2'])).toThrow('No text in this run says that.');
  });

  test('that the last attempt left out says who did, and in which text it was last', () => {
    const only = 'Every second Tuesday the teapot is emptied.';
    const texts = (run.items[1]?.texts ?? []).map((text) =>
      text.attempt < 2 ? { ...text, text: { ...text.text, value: `${text.text.value} ${only}` } } : text,
    );
    const items = run.items.map((item) => (item.id === 'p3-i2' ? { ...item, texts } : item));
    const links = found(only, [], { ...run, items }).data.links as Evidence[];

    expect(links[0]?.says).toBe(
      'ItemExpander wrote this first in p3-i2-a0; it was there until p3-i2-a1, and RevisionRefiner left it out of ' +
        'p3-i2-a2, so that it does not stand in the final text p3-i2-a2 (match: exact).',
    );
    expect(links[0]?.because[0]).toBe('text p3-i2-a2');
  });

  test('of an attempt that was not kept says which choice left it out', () => {
    const only = 'Every second Tuesday the teapot is emptied.';
    const items = run.items.map((item) => ({
      ...item,
      texts: item.texts.map((text) =>
        text.id === 'p3-i3-a1' ? { ...text, text: { ...text.text, value: only } } : text,
      ),
    }));
    const [first, second] = found(only, [], { ...run, items }).data.links as Evidence[];

    expect(first?.says).toMatch(
      /; it does not stand in the final text p3-i3-a0, since p3-i3-a1 was not kept /,
    );
    expect(second?.key).toMatch(/^decision /);
  });

  test('that no item says is found in outline, criterion, context or prompt', () => {
    expect(says('open a repair CAFÉ in a small town: with little')).toBe(
      'This stands in the outline of plan p2, and in no text of an item (match: normalised).',
    );
    expect(says('You are an impartial assessor of plans')).toBe(
      'This stands in the prompt of plan_evaluation, and in no text of an item (match: exact).',
    );
  });
});

describe('A chain', () => {
  test('ends a page after so many links, says how many more there are, and always has the goal', () => {
    const { page, data } = why(run, { words: ['p3-i2-a2'], depth: 1 });
    const text = pageAsText(page, { colors: picocolors.createColors(false), width: 100 });

    expect((data.links as Evidence[]).map(({ key }) => key)).toEqual([
      'text p3-i2-a2',
      'decision d6c099bd1502c29e',
      'suggestion p3-i2-a1-s1',
      'request r-p3-i2',
      'text p3-i2-a1',
      'goal',
    ]);
    expect(text).toContain('  … and 24 more links, further back: --depth all\n  30  It was asked for.\n');
  });

  test('names the trace that its answers were replayed from, and follows it where it is read', () => {
    const [replayed] = readRuns(replayOf(recordedTrace())) as [RunReading];
    const question = { words: ['plan_selection'] };
    const missing = missingOf(question, replayed).find((entry) => entry.startsWith('trace ')) ?? '';

    expect(missing).toMatch(
      /^trace 0af7651916cd43dd8448eb211c80319c, linked to as replayed_from \(spans \w{16}, \w{16}, \w{16} and 5 more\): name its file or folder with --from, or Jaeger with --jaeger, where it may lie$/,
    );
    const origin = { ...run, trace_id: '0af7651916cd43dd8448eb211c80319c', run_id: 'the-recorded-run' };
    const { data } = why(replayed, { ...question, others: [origin] });
    const [first, ...links] = data.links as Evidence[];
    const there = links.find(({ key }) => key.startsWith('trace '));

    expect(first?.key).toMatch(/^decision /);
    expect(there?.says).toBe(
      '8 answers of this chain were not asked for, but replayed from what was recorded in the run the-recorded-run of 2026-11-28 16:22:36 UTC.',
    );
    expect(there?.shown_by).toHaveLength(9);
    expect((data.not_found as string[]).some((entry) => entry.startsWith('trace '))).toBe(false);
    expect(links.some(({ because }) => because.includes(there?.key ?? ''))).toBe(true);
  });

  test('says which span of a trace that was read is not in it', () => {
    const [replayed] = readRuns(replayOf(recordedTrace())) as [RunReading];
    const origin = { ...run, trace_id: '0af7651916cd43dd8448eb211c80319c', calls: [] };

    expect(
      missingOf({ words: ['plan_selection'], others: [origin] }, replayed).filter((entry) =>
        /^span \w{16} of trace 0af7651916cd43dd8448eb211c80319c, linked to as replayed_from$/.test(entry),
      ),
    ).toHaveLength(8);
  });
});

/** The trace as if every call had been replayed from one with the same spans. */
function replayOf(trace: Trace): Trace {
  const link = {
    trace_id: '0af7651916cd43dd8448eb211c80319c',
    attributes: { relationship: 'replayed_from' },
  };
  return {
    ...trace,
    spans: trace.spans.map((span) =>
      span.name.startsWith('chat ')
        ? {
            ...span,
            attributes: { ...span.attributes, 'agento.replayed': true },
            links: [...span.links, { ...link, span_id: span.span_id }],
          }
        : span,
    ),
  };
}
