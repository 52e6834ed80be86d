import type { Topic } from './domains/domain.ts';
import type { Clauses } from './knowledge.ts';
import { sentence } from './knowledge.ts';
import { hash } from './language/hash.ts';

type Lead = (first: string, second: string, owner: string) => string;

const leads: readonly Lead[] = [
  (first, second) => `${sentence(first)}; ${second}.`,
  (first, second, owner) => `It is up to ${owner} to see that ${first} and that ${second}.`,
  (first, second) => `${sentence(first)}. ${sentence(second)}.`,
  (first, second) => `From the outset ${first}, and ${second}.`,
  (first, second) => `It belongs to this part that ${first} and that ${second}.`,
];

const revisedLeads: readonly Lead[] = [
  (first, second) => `After the review ${first}, and ${second}.`,
  (first, second, owner) =>
    `On top of that it falls to ${owner} to make sure that ${first} and that ${second}.`,
  (first, second) => `Newly agreed is that ${first}; likewise, ${second}.`,
];

function says(text: string, clause: string): boolean {
  return text.includes(clause) || text.includes(sentence(clause));
}

/**
 * Makes a text cover a criterion in full: a sentence that covers it in part is completed where it stands,
 * else `added` is a sentence to put in. `turn` varies the wording from one sentence to the next.
 */
export function workIn(
  text: string,
  { first, second }: Clauses,
  { topic, turn, revised = false }: { topic: Topic; turn: number; revised?: boolean },
): { text: string; added: string } {
  if (says(text, first) && says(text, second)) return { text, added: '' };
  const begun = `${sentence(first)}.`;
  if (text.includes(begun))
    return { text: text.replace(begun, () => `${sentence(first)}; ${second}.`), added: '' };
  const from = revised ? revisedLeads : leads;
  const lead = from[(hash(topic.title) + turn) % from.length];
  return { text, added: lead?.(first, second, topic.owner) ?? '' };
}

/** A sentence that covers a criterion in part; '' where the text says that much already. */
export function partSentence({ first }: Clauses, text: string): string {
  return says(text, first) ? '' : `${sentence(first)}.`;
}

/** Who answers for an item and when it is done. */
export function responsibility(topic: Topic): string {
  const { owner, due } = topic;
  const ways = [
    `Responsibility lies with ${owner}; results are due ${due}.`,
    `It falls to ${owner}, and reports are expected ${due}.`,
    `It is in the hands of ${owner} and scheduled ${due}.`,
  ];
  return ways[hash(topic.title) % ways.length] ?? '';
}

/** Joins sentences, leaving out empty ones. */
export function join(parts: readonly string[], separator = ' '): string {
  return parts.filter((part) => part !== '').join(separator);
}
