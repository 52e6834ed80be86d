import { ask, constraintLinks, groundOf, linkTo, type Run, sideBySide, step } from '@agento/agent';
import {
  criterionView,
  type Module2Adds,
  type Module2Input,
  type PlanOutline,
  type PlanScore,
  type PlanSelection,
  planSelection,
  planView,
} from '@agento/contracts';
import type { Work } from '@agento/service';
import { addContentEvent, event } from '@agento/tracing';
import { planEvaluator, planners } from './agents.ts';
import { selectPlan } from './selection.ts';

/** From criteria to one outline: three planners in parallel, one judge, a selection computed from the scores. */
export async function run(input: Module2Input, run: Run): Promise<Work<Module2Adds>> {
  const criteria = input.selected_criteria.map(criterionView);
  const links = {
    criterion: input.selected_criteria.map((criterion) => linkTo(criterion, { criterionId: criterion.id })),
    ...constraintLinks(input),
  };

  const plans = await sideBySide(run, planners, (planner, run, index) => {
    const planId = `p${index + 1}`;
    return ask(run, planner, {
      planId,
      input: {
        ...groundOf(input, 'whole'),
        search_summary: input.search_summary,
        criteria,
      },
      links,
      given: { criteria: criteria.map(({ id }) => id) },
      make: ({ plan_items, ...plan }, produced_by): PlanOutline => ({
        id: planId,
        ...plan,
        plan_items: plan_items.map((item, index) => ({
          id: `${planId}-i${index + 1}`,
          ...item,
          produced_by,
        })),
        created_by: planner.name,
        produced_by,
      }),
      outcome(plan, { span }) {
        addContentEvent(span, event.plan, { json: plan });
        return {
          summary: `${plan.plan_title} (${plan.plan_items.length} items)`,
          attributes: { 'agento.plan.item_count': plan.plan_items.length, 'agento.plan.rating': plan.rating },
          content: { 'agento.plan.summary': planSummary(plan) },
        };
      },
    });
  });

  const scores = await ask(run, planEvaluator, {
    input: {
      ...groundOf(input),
      criteria,
      plans: plans.map((plan) => ({ ...planView(plan), reasoning: plan.reasoning })),
    },
    links: { plan: plans.map((plan) => linkTo(plan, { planId: plan.id })), ...links },
    given: { plans: plans.map(({ id }) => id), criteria: criteria.map(({ id }) => id) },
    ids: {
      each: {
        scores: plans.flatMap((plan) => criteria.map(({ id }) => ({ plan_id: plan.id, criterion_id: id }))),
      },
    },
    make: ({ scores }, produced_by) => ({
      scores: scores.map(
        ({ score, ...entry }): PlanScore => ({
          id: `s-${entry.plan_id}-${entry.criterion_id}`,
          ...entry,
          score: score / 100,
          produced_by,
        }),
      ),
      produced_by,
    }),
    outcome({ scores }, step) {
      for (const { plan_id, criterion_id, score, reasoning } of scores) {
        step.judge('plan_score', {
          score,
          explanation: reasoning,
          criterionId: criterion_id,
          planId: plan_id,
          responseId: plans.find(({ id }) => id === plan_id)?.produced_by.response_id,
        });
      }
      return { summary: `${scores.length} scores`, attributes: { 'agento.scores.count': scores.length } };
    },
  });

  const { plan, selection } = await step(
    run,
    planSelection,
    { links: { scores: linkTo(scores) } },
    async (step) => {
      const { plan, decision, selection } = selectPlan(plans, scores.scores);
      step.decide(decision);
      step.finish({
        summary: `${plan.id}: ${plan.plan_title}`,
        attributes: { 'agento.plan.id': plan.id },
      });
      step.capture({ plans: plans.map(({ id }) => id) }, { selected: plan.id, totals: selection.totals });
      return { plan, selection: { ...selection, ...step.reference } satisfies PlanSelection };
    },
  );

  return {
    adds: {
      plan_outlines: plans,
      plan_scores: scores.scores,
      plan_selection: selection,
      selected_outline: plan,
    },
  };
}

function planSummary(plan: PlanOutline): string {
  const titles = plan.plan_items.map(({ item_title }, index) => `${index + 1}. ${item_title}`);
  return `${plan.plan_title} — ${titles.join('; ')}`;
}
