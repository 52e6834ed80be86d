import type { InputOf, RevisedTextAnswer, revisionRefinement } from '@agento/contracts';
import { oneIn } from '../brief.ts';
import { common } from '../patterns.ts';
import { covers, insert, provide, provisionsIn } from '../writing.ts';
import { changesOf, taskOf } from './revision-applier.ts';

/**
 * Rules. Every targeted criterion the text does not cover yet is covered now, and what the previous attempt had
 * replaced is restored. But in one item of four (by the hash of goal and title) the last open criterion is only put on
 * an agenda, and in one of four what was replaced is not restored.
 */
export function revisionRefiner(input: InputOf<typeof revisionRefinement>): RevisedTextAnswer {
  const { goal, item, previous_text: text } = input;
  const { brief, topic, targeted } = taskOf(input);
  const open = targeted.filter(({ criterion }) => !covers(brief, criterion, item.item_title, text));
  const late = oneIn(4, goal, item.item_title, 'late') ? open.at(-1) : undefined;
  const taken = open.filter((provision) => provision !== late);
  const lost = provisionsIn(item.item_description);
  const restores =
    lost !== '' && !text.includes(lost.slice(0, 80)) && !oneIn(4, goal, item.item_title, 'lost');
  const agenda = late ? brief.fill(common.agenda, { part: topic.part }) : '';
  const refined = insert(provide(text, taken), agenda);
  const changes = changesOf('Added to what the item provides', [
    ...taken.map(({ whole }) => whole),
    ...(agenda === '' ? [] : [agenda]),
  ]);
  if (!restores) return { changes, revised_text: refined };
  // From the original, which had all of it, so that nothing appears twice.
  const kept = targeted.filter((provision) => provision !== late);
  return {
    changes: ['Put back what the attempt before had replaced.', ...changes].slice(0, 20),
    revised_text: insert(provide(item.item_description, kept), agenda),
  };
}
