import type { ExpansionAnswer, InputOf, itemGeneration } from '@agento/contracts';
import { type Brief, briefOf, concerns, dueAt, limitText, topicOf } from '../brief.ts';
import { quotesFor } from '../context.ts';
import { hash, rank } from '../language/hash.ts';
import { capital, shorten } from '../language/text.ts';
import { overlap } from '../language/words.ts';
import { common, type Topic } from '../patterns.ts';
import { covers, insert, join, provide, provisionsFor } from '../writing.ts';

type Input = InputOf<typeof itemGeneration>;

/**
 * How many criteria the items of a plan leave open, beginning with one chosen by the goal's hash; the second is
 * settled.
 */
const gaps = [2, 1, 0, 2, 1, 1];
const gapsOfVague = 3;
const settledRole = 1;

/**
 * Rules. The text says what is done, in which steps, who is responsible, by when and how it is measured, and quotes the
 * sentence of the context closest to it. Of the criteria that concern it, it provides for all but the least related:
 * none, one or two depending on its position in the plan, three if the goal is vague. One item of each plan says that
 * it cannot be reopened.
 */
export function itemExpander(input: Input): ExpansionAnswer {
  const { goal, context = '', criteria, plan, item } = input;
  const brief = briefOf(input);
  const count = plan.plan_items.length;
  const place = Math.max(
    0,
    plan.plan_items.findIndex(({ id }) => id === item.id),
  );
  const role = roleOf(brief, input, place);
  const vague = brief.spoken.pattern === 'vague';
  const topic = topicOf(brief, item.item_title, item.item_description);
  const say = (templates: readonly string[], more: Record<string, string> = {}) =>
    capital(
      brief.fill(templates[(hash(goal) + place) % templates.length] ?? '', { part: topic.part, ...more }),
    );

  const limit = brief.further[place];
  const quote = context === '' ? '' : quoteAt(brief, context, plan.plan_items, place);
  const responsibility = say(brief.weeks ? common.given : common.assumed, {
    due: dueAt(brief, place, count),
  });
  const settled = role === settledRole && !vague ? brief.fill(common.settled, { part: topic.part }) : '';
  const body = join(
    [
      join([
        shorten(item.item_description, 1500),
        quote && say(common.quotes, { quote }),
        limit && say(common.further, { limit: limitText(limit.quote) }),
      ]),
      topic.steps.join(' '),
      join([responsibility, topic.measure, settled, topic.risk]),
    ],
    '\n\n',
  );

  const own = criteria.filter((entry) => concerns(brief, entry.criteria, item.item_title));
  const provisions = provisionsFor(brief, topic, own);
  const wanted = vague ? gapsOfVague : (gaps[role] ?? 0);
  const left = new Set<string>();
  const farthestFirst = rank(
    provisions,
    ({ criterion }) => -overlap(criterion, `${item.item_title} ${body}`),
    goal,
    item.item_title,
  );
  const text = () =>
    provide(
      body,
      provisions.filter(({ criterion }) => !left.has(criterion)),
    );
  for (const { criterion } of farthestFirst) {
    if (left.size === wanted || left.size === own.length) break;
    left.add(criterion);
    // A criterion that the rest of the text happens to cover cannot be left open.
    if (covers(brief, criterion, item.item_title, text())) left.delete(criterion);
  }
  // Of two that are left open, the second is partly covered.
  const [, near] = [...left];
  const begun = near ? provisions.find(({ criterion }) => criterion === near)?.begun : undefined;
  const hinted = insert(text(), begun ?? '');
  return { text: near && covers(brief, near, item.item_title, hinted) ? text() : hinted };
}

/** The item's number among those that any criterion concerns, counted from one chosen by the goal's hash. */
function roleOf(brief: Brief, { goal, criteria, plan }: Input, place: number): number {
  const having = [...plan.plan_items.keys()].filter((at) =>
    criteria.some((entry) => concerns(brief, entry.criteria, plan.plan_items[at]?.item_title ?? '')),
  );
  const number = having.indexOf(place);
  return number < 0 ? -1 : (number + hash(goal, 'roles')) % Math.min(having.length, gaps.length);
}

/** The sentence of the context for the item at this position. */
function quoteAt(brief: Brief, context: string, items: Input['plan']['plan_items'], place: number): string {
  const about = ({ title, description, steps }: Topic) => [title, description, ...steps].join(' ');
  const texts = items.map((item) => about(topicOf(brief, item.item_title, item.item_description)));
  return quotesFor(brief, context, texts)[place] ?? '';
}
