import type { InputOf, RevisedTextAnswer, revisionApply, revisionValidation } from '@agento/contracts';
import { briefOf, oneIn, topicOf } from '../brief.ts';
import { quoted } from '../language/text.ts';
import { covers, insert, provide, provisionsFor, provisionsIn } from '../writing.ts';

/**
 * Rules. Each targeted criterion is worked into the text. But in three items of four (by the hash of goal and title),
 * and always if several are targeted, the last of them is addressed only in part. And in one item of three the
 * requested text replaces what the item provided before, which may make it worse.
 */
export function revisionApplier(input: InputOf<typeof revisionApply>): RevisedTextAnswer {
  const { goal, item } = input;
  const { brief, targeted } = taskOf(input);
  const text = item.item_description;
  const old = provisionsIn(text);
  const replaces = old !== '' && oneIn(3, goal, item.item_title, 'replaces');
  const begun =
    targeted.length > 1 || !oneIn(4, goal, item.item_title)
      ? targeted.findLast(
          (provision) => !covers(brief, provision.criterion, item.item_title, insert(text, provision.begun)),
        )
      : undefined;
  const full = targeted.filter((provision) => provision !== begun);
  const base = replaces ? text.replace(`\n\n${old}`, '') : text;
  const where = replaces
    ? 'Put in the place of what the item provided before'
    : 'Added to what the item provides';
  const changes = [...full.map(({ whole }) => whole), ...(begun ? [begun.begun] : [])];
  return {
    changes: changesOf(where, changes),
    revised_text: insert(provide(base, full), begun?.begun ?? ''),
  };
}

/** The basis of both writers of a revision: the parsed goal, the item's topic, and the criteria to provide for. */
export function taskOf(input: InputOf<typeof revisionValidation>) {
  const { criteria, item, revision_request: request } = input;
  const brief = briefOf(input);
  const topic = topicOf(brief, item.item_title, item.item_description);
  const wanted = criteria.filter(({ id }) => request.targeted_criteria.includes(id));
  return { brief, topic, targeted: provisionsFor(brief, topic, wanted) };
}

/** One entry per inserted sentence. */
export function changesOf(where: string, sentences: readonly string[]): string[] {
  if (sentences.length === 0) return ['Nothing: what was asked for stands in the text.'];
  return sentences.slice(0, 20).map((sentence) => `${where}: ${quoted(sentence, 400)}`);
}
