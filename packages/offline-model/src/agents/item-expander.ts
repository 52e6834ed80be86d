import type { ExpansionAnswer, StepInputs } from '@agento/contracts';
import { clausesOf, knowledge, sentence, topicOf } from '../knowledge.ts';
import { coverage, coveredFrom } from '../language/coverage.ts';
import { hash, pick, rank } from '../language/hash.ts';
import { keyPhrases } from '../language/subject.ts';
import { shorten } from '../language/text.ts';
import { overlap } from '../language/words.ts';
import { join, partSentence, responsibility, workIn } from '../writing.ts';

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
  const phrase = keyPhrases(context, 3)[place];

  const tie = domain.ties[(place + hash(goal)) % domain.ties.length];
  const opening = join([
    shorten(item.item_description, 1500),
    tie && place < domain.ties.length ? say(tie) : '',
    phrase ? `The background’s word on “${phrase}” is taken as given here.` : '',
  ]);
  const work = topic.steps.map(say).join(' ');
  const terms = join([
    responsibility(topic),
    say(topic.measure),
    settled ? say(pick(domain.settled, goal)) : '',
    say(topic.risk),
  ]);
  const body = join([opening, work, terms], '\n\n');

  /** The body with these criteria covered. */
  function covering(chosen: readonly View[]): string {
    let text = body;
    const added = chosen.map((criterion, turn) => {
      const worked = workIn(text, clausesOf(known, criterion.criteria), { topic, turn });
      text = worked.text;
      return worked.added;
    });
    return join([text, join(added)], '\n\n');
  }
  const both = (place * 2 + hash(goal, 'gaps')) % 5 < 2 + (hash(goal, 'more') % 2);
  const farthestFirst = rank(criteria, ({ criteria: text }) => -overlap(text, body), goal, item.item_title);
  const gaps: View[] = [];
  for (const candidate of farthestFirst) {
    if (gaps.length === (both ? 2 : 1) || criteria.length - gaps.length <= 2) break;
    const without = covering(criteria.filter((criterion) => criterion !== candidate));
    // A criterion that the rest of the text covers by chance cannot be left out.
    if (coverage(candidate.criteria, goal, `${item.item_title}\n${without}`).share < coveredFrom)
      gaps.push(candidate);
  }
  const text = covering(criteria.filter((criterion) => !gaps.includes(criterion)));
  const [, near] = gaps;
  const hinted = near ? join([text, partSentence(clausesOf(known, near.criteria), text)]) : text;
  const stillOpen =
    near && coverage(near.criteria, goal, `${item.item_title}\n${hinted}`).share < coveredFrom;
  return { text: stillOpen ? hinted : text };
}
