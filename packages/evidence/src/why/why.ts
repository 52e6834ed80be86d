import { facts, type Page, prose, section, title } from '../page/page.ts';
import { percent } from '../percent.ts';
import type { RunReading } from '../reading/index.ts';
import { type Found, find, NotShownError } from '../show/find.ts';
import { completeness } from '../show/run-page.ts';
import type { Shown } from '../show/show.ts';
import { evidenceOf } from './behind.ts';
import { type Chain, chainFrom } from './chain.ts';
import { type Evidence, evidence } from './evidence.ts';
import { madeBy } from './made-by.ts';
import { has, type Passage, passageIn } from './passage.ts';

/** What is asked about: an id (of a verdict in several words), a span, a call key; or a passage, of an item or of any. */
export interface Question {
  words: string[];
  text?: string | undefined;
}

/**
 * The chain of evidence from a thing, or a passage of the plan, back to the goal.
 *
 * @throws NotShownError if the run has no such thing, or several
 */
export function why(reading: RunReading, { words, text }: Question): Shown {
  const passage = text === undefined ? null : passageIn(reading, text, itemOf(reading, words));
  const first = passage ? ofPassage(passage, reading) : firstOf(reading, words);
  const chain = chainFrom(first, reading);
  const { run_id, trace_id, run_attempt, gaps, span_count } = reading;
  return {
    page: pageOf(chain, reading),
    data: { run_id, trace_id, run_attempt, is_complete: gaps.length === 0, gaps, span_count, ...chain },
  };
}

function itemOf(reading: RunReading, [word, ...more]: string[]): string | undefined {
  if (word === undefined) return undefined;
  if (more.length === 0 && reading.items.some(({ id }) => id === word)) return word;
  const items = reading.items.map(({ id }) => id).join(', ');
  throw new NotShownError(`With --text only an item can be named; there are ${items || 'none'}.`);
}

function firstOf(reading: RunReading, words: string[]): Evidence {
  if (words.length === 0) throw new NotShownError('Name what is asked about: an id, a span, or --text.');
  const verdict = evidenceOf(`verdict ${words.join(' ')}`, reading);
  const first = verdict ?? evidenceOf(keyOf(find(reading, words), reading), reading);
  if (first) return first;
  throw new NotShownError(`The trace holds nothing behind “${words.join(' ')}”.`);
}

function keyOf(found: Found, reading: RunReading): string {
  switch (found.kind) {
    case 'run':
      return 'goal';
    case 'criterion':
      return `criterion ${found.criterion.id}`;
    case 'constraint':
      return `constraint ${found.constraint.id}`;
    case 'plan':
      return `plan ${found.plan.id}`;
    case 'item': {
      const { item } = found;
      const final = item.texts.find(({ is_final }) => is_final);
      if (final) return `text ${final.id}`;
      return reading.items.includes(item) ? `item ${item.id}` : `plan ${item.plan_id}`;
    }
    case 'text':
      return `text ${found.text.id}`;
    case 'request':
      return `request ${found.request.id}`;
    case 'suggestion':
      return `suggestion ${found.suggestion.id}`;
    case 'call':
      return madeBy(reading, found.call.step);
    case 'step':
      return madeBy(reading, found.step.span_id);
    case 'steps': {
      const steps = found.steps.slice(0, 8).map(({ name, span_id }) => `  ${span_id}  ${name}`);
      throw new NotShownError(
        [`${found.steps.length} steps are that; name one by its span:`, ...steps].join('\n'),
      );
    }
  }
}

function ofPassage({ text, sentence, match, similarity }: Passage, reading: RunReading): Evidence {
  const item = reading.items.find(({ id }) => id === text.item_id);
  const final = item?.texts.find(({ is_final }) => is_final);
  const stands = has(final?.text.value ?? '', sentence);
  const shows = reading.suggestions.filter(
    (entry) => entry.item_id === text.item_id && has(entry.evidence ?? '', sentence),
  );
  const how = match === 'by words' ? `${percent(similarity)} of the words in common` : match;
  const place = stands ? `it stands in the final text ${final?.id}` : 'it does not stand in a final text';
  return evidence(
    `passage of ${text.id}`,
    `${text.agent} wrote this first in ${text.id}; ${place} (match: ${how}).`,
    text.span_id,
    {
      shown_by: [
        sentence,
        ...shows.map(({ id, judged_by }) => `A judge took it as the answer to ${id} (span ${judged_by}).`),
      ],
      because: [...shows.map(({ id }) => `suggestion ${id}`), `text ${text.id}`],
      not_found: [
        'a link from this passage to a source: traces link texts, not sentences, to what they used',
        ...(text.attempt > 0 && shows.length === 0
          ? ['a suggestion that this passage is said to answer']
          : []),
      ],
    },
  );
}

function pageOf({ links, not_found }: Chain, reading: RunReading): Page {
  const number = new Map(links.map(({ key }, index) => [key, index + 1]));
  const entries = links.map(({ says, span_id, shown_by, because }, index) => {
    const known = [...new Set(because)].flatMap((key) => number.get(key) ?? []);
    return {
      head: `${index + 1}  ${says}`,
      body: [
        ...shown_by,
        [`span ${span_id ?? 'not in this trace'}`, known.length > 0 && `follows from ${known.join(', ')}`]
          .filter(Boolean)
          .join('; '),
      ].join('\n'),
    };
  });
  return [
    title(`Why ${links[0]?.key}`),
    facts(['run', reading.run_id], ['evidence', completeness(reading)]),
    ...section('Back to the goal', entries),
    ...section(
      'Not found',
      not_found.map((missing) => ({ head: missing, tone: 'odd' as const })),
    ),
    ...(not_found.length === 0 ? [prose('Nothing that this chain needs is missing.')] : []),
  ];
}
