import type { ExpansionAnswer, StepInputs } from '@agento/contracts';
import { clausesOf, knowledge, sentence, topicOf } from '../knowledge.ts';
import { coverage, coveredFrom } from '../language/coverage.ts';
import { hash, pick, rank } from '../language/hash.ts';
import { keyPhrases } from '../language/subject.ts';
import { shorten } from '../language/text.ts';
import { overlap } from '../language/words.ts';
import { coverSentence, join, partSentence, responsibility } from '../writing.ts';

type Input = StepInputs['item_generation'];
type View = Input['criteria'][number];

/**
 * Rules. The text says what is done, who answers for it, by when and how it is measured, and covers every
 * criterion by a sentence of its own but the one farthest from its subject, and in two or three items of
 * five (by the goal's hash and the item's place) a second, which it takes up in part. One item of each
 * plan, by the goal's hash, is settled early and says that it cannot be reopened.
 */
export function itemExpander({ goal, context = '', criteria, plan, item }: Input): ExpansionAnswer {
  const known = knowledge(goal, context);
  const { domain, topic } = topicOf(known, item.item_title, item.item_description);
  const place = Math.max(
    0,
    plan.plan_items.findIndex(({ id }) => id === item.id),
  );
  const settled = place === hash(goal, 'settled') % Math.max(1, plan.plan_items.length);
  const say = (text: string) => sentence(known.fill(text));
  const [phrase] = keyPhrases(context, 3).slice(place % 3);

  const opening = join([
    shorten(item.item_description, 1500),
    say(pick(domain.ties, goal, topic.title)),
    phrase ? `The background’s word on “${phrase}” is taken as given here.` : '',
  ]);
  const work = topic.steps.map(say).join(' ');
  const terms = join([
    responsibility(topic),
    say(topic.measure),
    settled ? say(pick(domain.settled, goal)) : '',
    say(topic.risk),
  ]);
  const body = `${item.item_title}\n${opening}\n\n${work}\n\n${terms}`;

  const cover = (criterion: View) => coverSentence(clausesOf(known, criterion.criteria), topic, body);
  const both = (place * 2 + hash(goal, 'gaps')) % 5 < 2 + (hash(goal, 'more') % 2);
  const gaps = leftOut(body, goal, criteria, both ? 2 : 1, cover, item.item_title);
  const [, near] = gaps;
  const hint = near ? partSentence(clausesOf(known, near.criteria), body) : '';
  const hinted = near && coverage(near.criteria, goal, `${body} ${hint}`).share < coveredFrom ? hint : '';
  const covers = criteria.filter((criterion) => !gaps.includes(criterion)).map(cover);
  return { text: join([opening, work, terms, join([...covers, hinted])], '\n\n') };
}

/** The criteria farthest from the item that its text, with the sentences for all others, does not cover by chance. */
function leftOut(
  body: string,
  goal: string,
  criteria: readonly View[],
  count: number,
  cover: (criterion: View) => string,
  title: string,
): View[] {
  const farthestFirst = rank(criteria, ({ criteria: text }) => -overlap(text, body), goal, title);
  const gaps: View[] = [];
  for (const candidate of farthestFirst) {
    if (gaps.length === count || criteria.length - gaps.length <= 2) break;
    const others = criteria.filter((criterion) => criterion !== candidate).map(cover);
    if (coverage(candidate.criteria, goal, `${body} ${others.join(' ')}`).share < coveredFrom)
      gaps.push(candidate);
  }
  return gaps;
}
