import { numbered } from '../numbered.ts';
import { facts, type Page, prose, section, title } from '../page/page.ts';
import type { RunReading } from '../reading/index.ts';
import { type Found, find, NotShownError } from '../show/find.ts';
import { completeness } from '../show/run-page.ts';
import type { Shown } from '../show/show.ts';
import { evidenceOf } from './behind.ts';
import { type Chain, type ChainLink, chainFrom } from './chain.ts';
import type { Evidence } from './evidence.ts';
import { madeBy } from './made-by.ts';
import { alsoSaid, ofPassage } from './of-passage.ts';
import { type FoundPassage, passageIn } from './passage.ts';

/** What is asked about: an id (of a verdict in several words), a span, a call key; or a passage, of an item, a text or any. */
export interface Question {
  words: string[];
  text?: string | undefined;
  /** How many links from what is asked about a page shows, beside the goal; without it all. */
  depth?: number | undefined;
  /** How whoever reads the page asks for the rest; empty where that is plain from what is around it. */
  more?: string;
  /** The runs of other traces that this one links to, as far as they were found. */
  others?: readonly RunReading[];
}

/** What a page shows where nobody says how much. */
export const usualDepth = 3;

/**
 * The chain of evidence from a thing, or a passage of the plan, back to the goal.
 *
 * @throws NotShownError if the run has no such thing, or several
 */
export function why(
  reading: RunReading,
  { words, text, depth, more = ': --depth all', others }: Question,
): Shown {
  const passage = text === undefined ? null : passageIn(reading, text, placeNamed(reading, words));
  const first = passage ? ofPassage(passage, reading) : firstOf(reading, words);
  const chain = chainFrom(first, reading, others);
  const { run_id, trace_id, run_attempt, gaps, span_count } = reading;
  const links = chain.links.filter((link) => isShown(link, depth));
  const also_in = passage?.others.map(({ key, sentence, match }) => ({ key, sentence, match }));
  return {
    page: pageOf(chain, reading, passage, { depth, more }),
    data: {
      ...{ run_id, trace_id, run_attempt, is_complete: gaps.length === 0, gaps, span_count },
      ...(also_in && { also_in }),
      ...chain,
      links,
      links_left_out: chain.links.length - links.length,
    },
  };
}

function isShown({ key, depth: own }: ChainLink, depth: number | undefined): boolean {
  return depth === undefined || own <= depth || key === 'goal';
}

function placeNamed(reading: RunReading, [word, ...more]: string[]): string | undefined {
  if (word === undefined) return undefined;
  const isKnown = reading.items.some(
    ({ id, texts }) => id === word || texts.some((text) => text.id === word),
  );
  if (more.length === 0 && isKnown) return word;
  const items = reading.items.map(({ id }) => id).join(', ');
  throw new NotShownError(
    `With --text only an item, or a text of it, can be named; there are ${items || 'none'}.`,
  );
}

function firstOf(reading: RunReading, words: string[]): Evidence {
  if (words.length === 0) throw new NotShownError('Name what is asked about: an id, a span, or --text.');
  const [word = ''] = words;
  const beginning = words.length === 1 && /^(?:goal|search)$/.test(word) ? evidenceOf(word, reading) : null;
  const verdict = beginning ?? evidenceOf(`verdict ${words.join(' ')}`, reading);
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

function pageOf(
  { links, not_found }: Chain,
  reading: RunReading,
  passage: FoundPassage | null,
  { depth, more }: { depth: number | undefined; more: string },
): Page {
  const number = new Map(links.map(({ key }, index) => [key, index + 1]));
  const entries = links.flatMap((link, index) => {
    if (!isShown(link, depth)) return [];
    const { says, span_id, shown_by, because } = link;
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
  const hidden = links.length - entries.length;
  const goal = links.at(-1)?.key === 'goal' ? entries.splice(-1) : [];
  const rest = hidden > 0 ? [{ head: `… and ${numbered(hidden, 'more link')}, further back${more}` }] : [];
  return [
    title(`Why ${links[0]?.key}`),
    facts(['run', reading.run_id], ['evidence', completeness(reading)]),
    ...(passage ? alsoSaid(passage) : []),
    ...section('Back to the goal', [...entries, ...rest, ...goal]),
    ...section(
      'Not found',
      not_found.map((missing) => ({ head: missing, tone: 'odd' as const })),
    ),
    ...(not_found.length === 0 ? [prose('Nothing that this chain needs is missing.')] : []),
  ];
}
