import { numbered } from '../numbered.ts';
import { type Page, section } from '../page/page.ts';
import { shortened } from '../page/wrap.ts';
import { percent } from '../percent.ts';
import type { ItemText, RunReading } from '../reading/index.ts';
import { evidenceOf } from './behind.ts';
import { type Evidence, evidence } from './evidence.ts';
import { occurrenceIn } from './occurrence.ts';
import type { FoundPassage, Passage } from './passage.ts';

/** Who wrote a passage first, and what became of it. */
export function ofPassage(passage: Passage, reading: RunReading): Evidence {
  const { key, where, text, sentence, match, similarity } = passage;
  const how = match === 'by words' ? `${percent(similarity)} of the words in common` : match;
  if (!text) {
    return evidence(
      `passage of ${key}`,
      `This stands in ${where}, and in no text of an item (match: ${how}).`,
      evidenceOf(key, reading)?.span_id ?? null,
      { shown_by: [sentence], because: [key] },
    );
  }
  const shows = reading.suggestions.filter(
    (entry) => entry.item_id === text.item_id && occurrenceIn(entry.evidence ?? '', sentence) !== null,
  );
  const fate = fateOf(text, sentence, reading);
  return evidence(
    `passage of ${text.id}`,
    `${text.agent} wrote this first in ${text.id}; ${fate.says} (match: ${how}).`,
    text.span_id,
    {
      shown_by: [
        sentence,
        ...shows.map(({ id, judged_by }) => `A judge took it as the answer to ${id} (span ${judged_by}).`),
      ],
      because: [...fate.because, ...shows.map(({ id }) => `suggestion ${id}`), `text ${text.id}`],
      not_found: [
        'a link from this passage to a source: traces link texts, not sentences, to what they used',
        ...(text.attempt > 0 && shows.length === 0
          ? ['a suggestion that this passage is said to answer']
          : []),
      ],
    },
  );
}

/** Whether the final text of its item has it; if not, what took it away: another text, or the choice of another. */
function fateOf(text: ItemText, sentence: string, reading: RunReading): { says: string; because: string[] } {
  const texts = reading.items.find(({ id }) => id === text.item_id)?.texts ?? [];
  const has = (other: ItemText) => occurrenceIn(other.text.value ?? '', sentence) !== null;
  const final = texts.find(({ is_final }) => is_final);
  if (!final) return { says: 'it does not stand in a final text', because: [] };
  if (has(final)) return { says: `it stands in the final text ${final.id}`, because: [] };
  if (final.text.value === null) {
    return {
      says: `whether it stands in the final text ${final.id} is not known (${final.text.state})`,
      because: [],
    };
  }
  const last = texts.findLast(has) ?? text;
  const next = texts.find(({ attempt }) => attempt > last.attempt && attempt <= final.attempt);
  if (next) {
    return {
      says: `it was there until ${last.id}, and ${next.agent} left it out of ${next.id}, so that it does not stand in the final text ${final.id}`,
      because: [`text ${next.id}`],
    };
  }
  const decision = reading.decisions.find(
    ({ kind, about }) => kind === 'attempt_acceptance' && about.item_id === text.item_id,
  );
  return {
    says: `it does not stand in the final text ${final.id}, since ${last.id} was not kept`,
    because: decision ? [`decision ${decision.span_id}`] : [],
  };
}

/** Most other places that a page names: texts of items, and what quotes them. */
const mostOthers = 8;

/** Where else the passage stands, and how to ask about that: of prompts, in which texts are handed on, how many. */
export function alsoSaid({ sentence: taken, others }: FoundPassage): Page {
  const isPrompt = ({ where }: Passage) => where.startsWith('the prompt of ');
  const texts = others.filter(({ text }) => text !== null);
  const prompts = others.filter(isPrompt);
  const quotes = others.filter((other) => other.text === null && !isPrompt(other));
  const cut = (all: Passage[]) => all.slice(0, mostOthers);
  const more = (all: Passage[]) =>
    all.length > mostOthers ? ` and ${all.length - mostOthers} more (--json)` : '';
  return section('Also said in', [
    ...cut(texts).map(({ where, text, sentence }) => ({
      head: `${where}: \`why <run> ${text?.id} --text …\``,
      body: sentence === taken ? undefined : shortened(sentence, 160),
    })),
    ...(texts.length > mostOthers ? [{ head: more(texts).trim() }] : []),
    ...(quotes.length > 0
      ? [
          {
            head: `${cut(quotes)
              .map(({ where }) => where)
              .join(', ')}${more(quotes)}`,
            body: `Ask about one by its id or span: \`why <run> ${askedBy(quotes[0])}\``,
          },
        ]
      : []),
    ...(prompts[0] ? [{ head: `${numbered(prompts.length, 'prompt')}, first ${prompts[0].where}` }] : []),
  ]);
}

/** The words that `why` takes for what says it. */
function askedBy(passage: Passage | undefined): string {
  return (passage?.key ?? '').replace(/^(?:step|plan|request|suggestion|verdict|criterion|constraint) /, '');
}
