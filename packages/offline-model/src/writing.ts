import type { Brief } from './brief.ts';
import { clausesOf } from './brief.ts';
import { coverage, coveredFrom } from './language/coverage.ts';
import { hash } from './language/hash.ts';
import { capital } from './language/text.ts';
import type { Topic } from './patterns.ts';

type Lead = (first: string, second: string) => string;
const apart: Lead = (first, second) => `${capital(first)}; ${second}.`;
const leads: readonly Lead[] = [(first, second) => `${capital(first)}, and ${second}.`, apart];

/** An addition to an item's text: its criterion and the sentences for it. */
export interface Provision {
  criterion: string;
  /** Covers the criterion in full. */
  whole: string;
  /** Covers it in part. */
  begun: string;
}

/** How this item would provide for each of the criteria; `turn` and the title vary the wording. */
export function provisionsFor(
  brief: Brief,
  topic: Topic,
  criteria: readonly { criteria: string }[],
): Provision[] {
  return criteria.map(({ criteria: criterion }, turn) => {
    const { first, second } = clausesOf(brief, criterion, topic.part);
    // A second clause with its own "and" becomes a sentence of its own.
    const lead = /\band\b/.test(second) ? apart : (leads[(hash(topic.title) + turn) % leads.length] ?? apart);
    return { criterion, whole: lead(first, second), begun: `${capital(first)}.` };
  });
}

/** The paragraphs of an item: what it is, its steps, its provisions for the criteria, who, when and how measured. */
const provisionsAt = 2;
const paragraphs = 4;

/** The text with the sentences added to its provisions; one already begun there is completed in place. */
export function provide(text: string, provisions: readonly Provision[]): string {
  const added: string[] = [];
  let changed = text;
  for (const { whole, begun } of provisions) {
    if (changed.includes(whole)) continue;
    if (changed.includes(begun)) changed = changed.replace(begun, () => whole);
    else added.push(whole);
  }
  return insert(changed, added.join(' '));
}

/** The text with a sentence added to its provisions, unless it is already there. */
export function insert(text: string, sentence: string): string {
  if (sentence === '' || text.includes(sentence)) return text;
  const parts = text.split('\n\n');
  if (parts.length >= paragraphs) parts[provisionsAt] += ` ${sentence}`;
  else parts.splice(Math.max(1, parts.length - 1), 0, sentence);
  return parts.join('\n\n');
}

/** The paragraph with the item's provisions; '' if the text has none. */
export function provisionsIn(text: string): string {
  const parts = text.split('\n\n', paragraphs);
  return parts.length >= paragraphs ? (parts[provisionsAt] ?? '') : '';
}

export function covers({ goal }: Brief, criterion: string, title: string, text: string): boolean {
  return coverage(criterion, goal, `${title}\n${text}`).share >= coveredFrom;
}

/** Joins parts, leaving out empty ones. */
export function join(parts: readonly (string | undefined)[], separator = ' '): string {
  return parts.filter((part) => part !== undefined && part !== '').join(separator);
}
