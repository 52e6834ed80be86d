import type { InputOf, SearchAnswer, searchStep } from '@agento/contracts';
import { briefOf } from '../brief.ts';
import { findLimits } from '../constraints.ts';
import { sentencesOf } from '../context.ts';
import { figureOf } from '../language/goal.ts';
import { rank } from '../language/hash.ts';
import { list, quoted, shorten } from '../language/text.ts';
import { overlap } from '../language/words.ts';
import { common } from '../patterns.ts';
import { join } from '../writing.ts';

type Input = InputOf<typeof searchStep>;

/** Rule: the summary says what these rules find in the goal and the context, and that they know nothing else. */
export function searchAgent({ goal, context = '' }: Input): SearchAnswer {
  const { spoken, pattern } = briefOf({ goal });
  const vague = spoken.pattern === 'vague';
  const limits = findLimits(goal, context).map(({ quote }) => quoted(quote, 110));
  const named = [figureOf(goal), spoken.tail]
    .filter((words) => words !== '' && !limits.some((limit) => limit.includes(words)))
    .map((words) => quoted(words));
  const near = rank(sentencesOf(context), (sentence) => overlap(sentence, goal.slice(0, 600)), goal).slice(
    0,
    3,
  );
  return {
    summary: join(
      [
        common.itself,
        join([
          `The goal is ${quoted(spoken.said)}.`,
          spoken.foreign ? common.foreign : '',
          vague ? common.vague : `It is planned as ${pattern.name}.`,
          named.length ? `Beside what is to be done it names ${list(named)}.` : '',
        ]),
        join([
          limits.length
            ? `These words of the brief set limits: ${list(limits)}.`
            : 'No limit is stated in the brief.',
          near.length
            ? `Of the context, this seems nearest to the goal: ${list(near.map((text) => quoted(text)))}.`
            : '',
        ]),
        'What others achieved with such a goal, what it costs and which rules bind it has to be found out by those who plan it. Figures that the brief does not give are placeholders.',
      ],
      '\n\n',
    ),
    sources: [],
  };
}

/** SearchAgent's query for the search tool. */
export function searchQuery({ goal }: Input): string {
  const { spoken } = briefOf({ goal });
  return spoken.thing === 'the undertaking' ? spoken.said : `what is known about ${spoken.doing}`;
}

const address = /https?:\/\/[^\s"'<>)\]\\]+/g;

/** Rule: given a search tool's results, the sources are the addresses in them. */
export function searchAgentWith(input: Input, results: string): SearchAnswer {
  const { summary } = searchAgent(input);
  const found = [...new Set(results.match(address) ?? [])].filter((url) => URL.canParse(url)).slice(0, 5);
  return {
    summary: `${summary}\n\nThe search brought this: ${shorten(results, 600)}`,
    sources: found.map((url) => ({
      title: shorten(new URL(url).hostname + new URL(url).pathname, 200),
      url: url.slice(0, 2_000),
      note: 'Found by the web search; these rules did not read it.',
    })),
  };
}
