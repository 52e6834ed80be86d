import type { PlanAnswer, StepInputs } from '@agento/contracts';
import { briefOf, limitText } from '../brief.ts';
import { hash, pick, rank } from '../language/hash.ts';
import { overlap, tokens } from '../language/words.ts';
import { common, type Topic } from '../patterns.ts';
import { join, provisionsFor } from '../writing.ts';

export type Temper = 'balanced' | 'lean' | 'ambitious';

const leanWords = new Set(
  'cheap cheaply quickly quick minimal simple shoestring frugal alone solo weekend budget'.split(' '),
);
const ambitiousWords = new Set(
  'nationwide national international global worldwide world europe transform million record largest'.split(
    ' ',
  ),
);

/** Rule: the goal's wording calls for a temper; where it does not, its hash: one in ten lean, one ambitious. */
export function favouredTemper(goal: string): Temper {
  const words = tokens(goal.slice(0, 2000));
  const lean = words.filter((word) => leanWords.has(word)).length;
  const ambitious = words.filter((word) => ambitiousWords.has(word)).length;
  if (lean !== ambitious) return lean > ambitious ? 'lean' : 'ambitious';
  return (['lean', 'ambitious'] as const)[hash('temper', goal) % 10] ?? 'balanced';
}

const tempers: Record<
  Temper,
  { said: string; mentioned: number; rating: number; titles: readonly string[] }
> = {
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
    mentioned: 3,
    rating: 5,
    titles: ['the long reach', 'thinking further', 'on a larger scale'],
  },
};

/**
 * Rule: each temper takes other topics of the pattern; every item takes up the criterion nearest to it in part, for
 * as many criteria as the temper minds. The temper the goal calls for minds all of them. The ambitious plan
 * oversteps the first limit in one item, and says so.
 */
export function planner(temper: Temper) {
  return (input: StepInputs['plan_generation']): PlanAnswer => {
    const { goal, criteria } = input;
    const brief = briefOf(input);
    const { spoken, pattern, limits, weeks } = brief;
    const favoured = favouredTemper(goal) === temper;
    const { said, mentioned, rating, titles } = tempers[temper];
    const topics = pattern.plans[temper].flatMap((place) => brief.topics[place] ?? []);
    const open = criteria.slice(0, favoured ? criteria.length : mentioned);
    const minded = open.length;
    const [limit] = limits;

    const tempered = ({ part }: Topic, index: number) => {
      if (temper === 'balanced' || spoken.pattern === 'vague') return '';
      if (temper === 'ambitious' && limit && index === 1)
        return brief.fill(common.beyond, { part, limit: limitText(limit.quote) });
      return brief.fill(common[temper][index] ?? '', { part });
    };
    const items = topics.map((topic, index) => {
      const about = `${topic.description} ${topic.steps.join(' ')}`;
      const [nearest] = rank(open, ({ criteria: text }) => overlap(text, about), topic.title);
      if (nearest) open.splice(open.indexOf(nearest), 1);
      const [provision] = nearest ? provisionsFor(brief, topic, [nearest]) : [];
      return {
        item_title: topic.title,
        item_description: join([topic.description, tempered(topic, index), provision?.begun]),
      };
    });
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
      reasoning: `${favoured ? 'The goal’s wording calls for this temper' : 'This temper was asked for, though the goal calls for another'}; the plan ${said} and takes up ${minded} of ${criteria.length} criteria in its outline.`,
      rating: rating + (favoured ? 2 : 0) + (hash(goal, temper) % 2),
    };
  };
}
