import type { SearchAnswer, StepInputs } from '@agento/contracts';
import { knowledge, sentence } from '../knowledge.ts';
import { keyPhrases } from '../language/subject.ts';
import { list, shorten } from '../language/text.ts';

/**
 * Rule: the summary is what the goal's walks of life are known for, with what the background speaks of
 * most; the sources are kinds of text, without an address, since nothing was looked up.
 */
export function searchAgent({ goal, context = '' }: StepInputs['search_agent']): SearchAnswer {
  const known = knowledge(goal, context);
  const [domain, second] = known.domains;
  const facts = [...domain.known, ...(second?.known.slice(0, 1) ?? [])].map((text) =>
    sentence(known.fill(text)),
  );
  const phrases = keyPhrases(context, 3).map((phrase) => `“${phrase}”`);
  const background = phrases.length ? ` The background given speaks mostly of ${list(phrases)}.` : '';
  const fields = list(known.domains.map(({ name }) => name));
  return {
    summary: `${facts.join(' ')}${background} Judged as ${fields}, ${known.subject.whole} stands or falls with these points.`,
    sources: domain.sources.map(({ title, note }) => ({ title, url: null, note })),
  };
}

/** What SearchAgent asks the search tool for. */
export function searchQuery({ goal, context = '' }: StepInputs['search_agent']): string {
  const known = knowledge(goal, context);
  return `what makes ${known.subject.whole} succeed: evidence from ${known.domains[0].name}`;
}

const address = /https?:\/\/[^\s"'<>)\]\\]+/g;

/** Rule: with a search tool's results at hand, the sources are the addresses that stand in them. */
export function searchAgentWith(input: StepInputs['search_agent'], results: string): SearchAnswer {
  const known = searchAgent(input);
  const found = [...new Set(results.match(address) ?? [])].slice(0, 5);
  return {
    summary: `${known.summary} The search brought this: ${shorten(results, 600)}`,
    sources: found.length
      ? found.map((url) => ({
          title: new URL(url).hostname + new URL(url).pathname,
          url,
          note: 'Found by the web search',
        }))
      : known.sources,
  };
}
