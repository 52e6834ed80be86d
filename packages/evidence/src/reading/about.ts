import { type Attributes, numberOf, textOf } from '../model.ts';

/** What a step, a link or a verdict is about. `attempt` is that at a revision, from 1; 0 is the original text. */
export interface About {
  item_id: string | null;
  criterion_id: string | null;
  plan_id: string | null;
  attempt: number | null;
}

export function aboutOf(attributes: Attributes): About {
  return {
    item_id: textOf(attributes, 'agento.item.id') || null,
    criterion_id: textOf(attributes, 'agento.criterion.id') || null,
    plan_id: textOf(attributes, 'agento.plan.id') || null,
    attempt: numberOf(attributes, 'agento.attempt'),
  };
}
