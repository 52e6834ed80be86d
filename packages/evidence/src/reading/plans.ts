import type { Decision } from './decision.ts';
import { listIn, numberIn, textIn } from './loose.ts';
import type { Step } from './step.ts';

/** An outline, as one planner wrote it. */
export interface Plan {
  id: string;
  title: string | null;
  description: string | null;
  reasoning: string | null;
  /** The planner's own, 1 to 10. */
  own_rating: number | null;
  /** The mean of its scores, 0 to 1. */
  total: number | null;
  is_selected: boolean;
  agent: string;
  /** The span that wrote it. */
  span_id: string;
  items: { id: string; title: string | null; description: string | null }[];
}

/** The outlines; of a run that continues from a file, the one that its later steps were shown. */
export function plansOf(steps: Step[], decisions: Decision[]): Plan[] {
  const decision = decisions.find(({ kind }) => kind === 'plan_selection');
  const written = steps
    .filter(({ name }) => name === 'plan_generation')
    .map((step): Plan => {
      const id = step.about.plan_id ?? textIn(step.outputs, 'id') ?? '';
      const candidate = decision?.candidates.find((entry) => entry.id === id);
      return {
        ...outlineIn(step.outputs),
        id,
        title: textIn(step.outputs, 'plan_title') ?? candidate?.label ?? null,
        own_rating: numberIn(step.outputs, 'rating'),
        total: candidate?.scores.total ?? null,
        is_selected: decision?.chosen.includes(id) ?? false,
        agent: step.agent,
        span_id: step.span_id,
      };
    });
  return written.length > 0 ? written : givenPlan(steps);
}

function givenPlan(steps: Step[]): Plan[] {
  const expanding = steps.find(({ name, about }) => name === 'item_generation' && about.plan_id !== null);
  const shown = (expanding?.input as { plan?: unknown } | null | undefined)?.plan;
  const id = expanding?.about.plan_id;
  if (!id) return [];
  return [
    {
      ...outlineIn(shown),
      id,
      title: textIn(shown, 'plan_title'),
      own_rating: null,
      total: null,
      is_selected: true,
      agent: '',
      span_id: '',
    },
  ];
}

function outlineIn(outline: unknown): Pick<Plan, 'description' | 'reasoning' | 'items'> {
  return {
    description: textIn(outline, 'plan_description'),
    reasoning: textIn(outline, 'reasoning'),
    items: listIn(outline, 'plan_items').map((item) => ({
      id: textIn(item, 'id') ?? '',
      title: textIn(item, 'item_title'),
      description: textIn(item, 'item_description'),
    })),
  };
}
