import type { InputOf, PlanAnswer, planGeneration } from '@agento/contracts';
import { type Brief, briefOf, concerns, limitText } from '../brief.ts';
import { hash, pick, rank } from '../language/hash.ts';
import { overlap, tokens } from '../language/words.ts';
import { common, type Topic } from '../patterns.ts';
import { join, provisionsFor } from '../writing.ts';

export type Style = 'balanced' | 'lean' | 'ambitious';

const leanWords = new Set(
  'cheap cheaply quickly quick minimal simple shoestring frugal alone solo weekend budget'.split(' '),
);
const ambitiousWords = new Set(
  'nationwide national international global worldwide world europe transform million record largest'.split(
    ' ',
  ),
);

/** From this many limits on, a brief calls for the lean plan. */
const manyLimits = 6;

/**
 * Rule: the goal's wording determines the style; if it does not, many limits mean the lean one, otherwise the balanced.
 */
export function favouredStyle(goal: string, limits: number): Style {
  const words = tokens(goal.slice(0, 2000));
  const lean = words.filter((word) => leanWords.has(word)).length;
  const ambitious = words.filter((word) => ambitiousWords.has(word)).length;
  if (lean !== ambitious) return lean > ambitious ? 'lean' : 'ambitious';
  return limits >= manyLimits ? 'lean' : 'balanced';
}

const stylesOf: Record<string, Style> = {
  BalancedPlanner: 'balanced',
  LeanPlanner: 'lean',
  AmbitiousPlanner: 'ambitious',
};

const styles: Record<Style, { said: string; mentioned: number; rating: number; titles: readonly string[] }> =
  {
    balanced: {
      said: 'keeps effort and effect in step',
      mentioned: 3,
      rating: 6,
      titles: ['a steady course', 'step by step', 'a plan in even strides'],
    },
    lean: {
      said: 'gets by with the least that could work',
      mentioned: 2,
      rating: 5,
      titles: ['with little', 'the small way in', 'no more than needed'],
    },
    ambitious: {
      said: 'aims beyond what was asked',
      mentioned: 1,
      rating: 5,
      titles: ['the long reach', 'thinking further', 'on a larger scale'],
    },
  };

/**
 * Rule: each style takes other topics of the pattern; each criterion the style minds is addressed in part by the
 * closest item among those it concerns. The style the goal calls for minds all of them. The ambitious plan exceeds the
 * first limit with its main item, and says so.
 */
export function planner(input: InputOf<typeof planGeneration>, agent: string): PlanAnswer {
  const style = stylesOf[agent] ?? 'balanced';
  const { goal, criteria } = input;
  const brief = briefOf(input);
  const { spoken, pattern, limits, weeks } = brief;
  const favoured = favouredStyle(goal, limits.length) === style;
  const { said, mentioned, rating, titles } = styles[style];
  const topics = pattern.plans[style].flatMap((place) => brief.topics[place] ?? []);
  const minded = criteria.slice(0, favoured ? criteria.length : mentioned);
  const mentions = mentionsIn(brief, topics, minded);
  const [limit] = limits;

  const tempered = (topic: Topic, index: number) => {
    const { part } = topic;
    if (style === 'balanced' || spoken.pattern === 'vague') return '';
    if (style === 'ambitious' && limit && brief.topics.indexOf(topic) === pattern.main)
      return brief.fill(common.beyond, { part, limit: limitText(limit.quote) });
    return brief.fill(common[style][index] ?? '', { part });
  };
  const items = topics.map((topic, index) => ({
    item_title: topic.title,
    item_description: join([
      topic.description,
      tempered(topic, index),
      ...provisionsFor(brief, topic, mentions[index] ?? []).map(({ begun }) => begun),
    ]),
  }));
  return {
    plan_title: `${spoken.said}: ${pick(titles, goal)}`,
    plan_description: join([
      spoken.pattern === 'vague' ? common.vague : `To ${spoken.act}, the plan ${said}.`,
      `It leads from “${topics[0]?.title}” to “${topics.at(-1)?.title}” in ${items.length} items.`,
      weeks
        ? 'Its weeks are counted from the time that the brief gives; other figures that stand nowhere in the brief are placeholders.'
        : 'Its weeks, like every figure that stands nowhere in the brief, are placeholders.',
      spoken.foreign ? common.foreign : '',
    ]),
    plan_items: items,
    reasoning: `${favoured ? 'The brief calls for this temper' : 'This temper was asked for, though the brief calls for another'}; the plan ${said} and takes up ${minded.length} of ${criteria.length} criteria in its outline.`,
    rating: rating + (favoured ? 2 : 0) + (hash(goal, style) % 2),
  };
}

/** The criteria of each topic: each criterion goes to a topic it concerns that has the fewest so far. */
function mentionsIn(brief: Brief, topics: readonly Topic[], criteria: readonly { criteria: string }[]) {
  const mentions = topics.map((): { criteria: string }[] => []);
  for (const criterion of criteria) {
    const own = topics.flatMap((topic, index) =>
      concerns(brief, criterion.criteria, topic.title) ? [{ topic, index }] : [],
    );
    const [taker] = rank(
      own,
      ({ topic, index }) =>
        overlap(criterion.criteria, `${topic.description} ${topic.steps.join(' ')}`) -
        5 * (mentions[index]?.length ?? 0),
      criterion.criteria,
    );
    if (taker) mentions[taker.index]?.push(criterion);
  }
  return mentions;
}
