import type { PlanOutline, PlanView } from '@agento/contracts';

/** A plan as a model sees it: nothing of who made it or how it rated itself. */
export function planView(plan: PlanOutline): PlanView {
  return {
    id: plan.id,
    plan_title: plan.plan_title,
    plan_description: plan.plan_description,
    plan_items: plan.plan_items.map(({ id, item_title, item_description }) => ({
      id,
      item_title,
      item_description,
    })),
    reasoning: plan.reasoning,
  };
}
