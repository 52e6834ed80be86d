import type { BriefAnswer, briefWriting, InputOf } from '@agento/contracts';
import { sentences, shorten } from '../language/text.ts';

/** Rule: each item in its first sentence; the beginning names the goal, the end what the judge of the plan said. */
export function publisher({ goal, plan, quality }: InputOf<typeof briefWriting>): BriefAnswer {
  return {
    opening: `${plan.plan_title}: ${shorten(goal, 200)}`,
    parts: plan.plan_items.map(({ id, item_title, item_description }) => ({
      item_id: id,
      sentence: shorten(sentences(item_description)[0] ?? item_title, 300),
    })),
    closing: shorten(quality.summary, 400),
  };
}
