import type { PlanAnswer, StepInputs } from '@agento/contracts';
import type { Domain, Topic } from '../domains/domain.ts';
import { clausesOf, type Knowledge, knowledge, nearness, sentence, topicOf } from '../knowledge.ts';
import { hash, pick, rank } from '../language/hash.ts';
import { shorten } from '../language/text.ts';
import { overlap, tokens } from '../language/words.ts';
import { join, workIn } from '../writing.ts';

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

/** Which of the topics, nearest first, each temper takes; the last of lean only when it is favoured. */
const places: Record<Temper, readonly number[]> = {
  balanced: [0, 1, 2, 3, 4],
  lean: [0, 2, 5, 6, 7],
  ambitious: [0, 1, 3, 5, 7, 8],
};

/** Topics nearest to the goal first, from the second walk of life every fifth, in the order of the work. */
function topicsFor(known: Knowledge, temper: Temper, favoured: boolean): { domain: Domain; topic: Topic }[] {
  const ranked = known.domains.map((domain) =>
    rank(
      domain.topics,
      (topic) => nearness(known, `${topic.title} ${topic.description} ${topic.steps.join(' ')}`),
      known.goal,
    ),
  );
  const [main = [], along = []] = ranked;
  const pool = along.length
    ? [...main.slice(0, 4), ...along.slice(0, 1), ...main.slice(4, 8), ...along.slice(1, 2)]
    : main;
  const count = favoured || temper === 'balanced' ? 5 : temper === 'lean' ? 4 : 6;
  return places[temper]
    .slice(0, count)
    .flatMap((place) => pool[place] ?? [])
    .map((topic) => topicOf(known, topic.title, topic.description))
    .sort((one, other) => one.domain.topics.indexOf(one.topic) - other.domain.topics.indexOf(other.topic));
}

const tempers: Record<Temper, { said: string; mentioned: number; rating: number }> = {
  balanced: { said: 'keeps effort and effect in step', mentioned: 3, rating: 7 },
  lean: { said: 'gets by with the least that could work', mentioned: 2, rating: 6 },
  ambitious: { said: 'aims beyond what was asked', mentioned: 3, rating: 6 },
};

/**
 * Rule: each temper takes other topics; every item takes up the criterion nearest to it in part, for as
 * many criteria as the temper minds. The temper the goal calls for minds all and has five items; the
 * others mind fewer, lean with four items, ambitious with six.
 */
export function planner(temper: Temper) {
  return ({ goal, context = '', criteria }: StepInputs['plan_generation']): PlanAnswer => {
    const known = knowledge(goal, context);
    const favoured = favouredTemper(goal) === temper;
    const { said, mentioned, rating } = tempers[temper];
    const chosen = topicsFor(known, temper, favoured);
    const open = criteria.slice(0, favoured ? criteria.length : mentioned);
    const extra = temper === 'lean' ? 'lean' : 'bold';
    const items = chosen.map(({ domain, topic }, index) => {
      const about = `${topic.description} ${topic.steps.join(' ')}`;
      const [nearest] = rank(open, ({ criteria: text }) => overlap(text, about), topic.title);
      if (nearest) open.splice(open.indexOf(nearest), 1);
      const tempered = temper === 'balanced' ? '' : (domain[extra][index] ?? '');
      return {
        item_title: topic.title,
        item_description: join([
          sentence(known.fill(topic.description)),
          sentence(known.fill(tempered)),
          nearest ? `${sentence(clausesOf(known, nearest.criteria).first)}.` : '',
        ]),
      };
    });
    const first = chosen[0]?.topic.title ?? '';
    const end = chosen.at(-1)?.topic.title ?? '';
    const foremost = criteria[0];
    return {
      plan_title: `${sentence(shorten(goal, 80).replace(/[.!?]+$/, ''))}: ${pick(titles[temper], goal)}`,
      plan_description: join([
        `The plan ${said}. It leads from “${first}” to “${end}”.`,
        favoured && foremost && chosen[0]
          ? workIn('', clausesOf(known, foremost.criteria), { topic: chosen[0].topic, turn: 0 }).added
          : '',
      ]),
      plan_items: items,
      reasoning: `${favoured ? 'The goal’s wording calls for this temper' : 'The temper was asked for, though the goal calls for another'}; it ${said} and takes up ${favoured ? criteria.length : Math.min(mentioned, criteria.length)} of ${criteria.length} criteria in its outline.`,
      rating: rating + (favoured ? 2 : 0) + (hash(goal, temper) % 2),
    };
  };
}

const titles: Record<Temper, readonly string[]> = {
  balanced: ['a steady course', 'step by step', 'a plan in even strides'],
  lean: ['with little', 'the small way in', 'no more than needed'],
  ambitious: ['the long reach', 'thinking further', 'on a larger scale'],
};
