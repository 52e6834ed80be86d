import type { Decision } from './decision.ts';
import { listIn, numberIn, textIn } from './loose.ts';
import type { Step } from './step.ts';

/** What the plan is judged by. */
export interface Criterion {
  id: string;
  /** Null while content is off. */
  text: string | null;
  /** Why it was proposed. */
  reasoning: string | null;
  /** 1 to 10: by the agent that proposed it, and by the one that chose. */
  own_rating: number | null;
  rating: number | null;
  is_selected: boolean;
  /** The spans that proposed it and chose; null if module 1 is not in the trace. */
  proposed_by: string | null;
  selected_by: string | null;
}

/** A limit that goal or context sets; `quote` is the passage that sets it. */
export interface Constraint {
  id: string;
  text: string | null;
  kind: string | null;
  quote: string | null;
  found_by: string | null;
}

/** Of a run that continues from a file, those that its later steps were shown. */
export function criteriaOf(steps: Step[], decisions: Decision[]): Criterion[] {
  const proposed = steps.find(({ name }) => name === 'criteria_generation');
  const decision = decisions.find(({ kind }) => kind === 'criteria_selection');
  const proposals = listIn(proposed?.outputs, 'criteria');
  const shown = steps.map(({ input }) => listIn(input, 'criteria')).find((list) => list.length > 0) ?? [];
  const ids = [
    ...proposals.map((entry) => textIn(entry, 'id')),
    ...(decision?.candidates.map(({ id }) => id) ?? []),
    ...shown.map((entry) => textIn(entry, 'id')),
  ];
  return [...new Set(ids)].flatMap((id) => {
    if (id === null) return [];
    const proposal = proposals.find((entry) => entry.id === id);
    const candidate = decision?.candidates.find((entry) => entry.id === id);
    const given = shown.find((entry) => entry.id === id);
    return {
      id,
      text: textIn(proposal, 'criteria') ?? candidate?.label ?? textIn(given, 'criteria'),
      reasoning: textIn(proposal, 'reasoning') ?? textIn(given, 'reasoning'),
      own_rating: numberIn(proposal, 'rating'),
      rating: candidate?.scores.rating ?? null,
      is_selected: decision ? decision.chosen.includes(id) : given !== undefined,
      proposed_by: proposed?.span_id ?? null,
      selected_by: decision?.span_id ?? null,
    };
  });
}

export function constraintsOf(steps: Step[]): Constraint[] {
  const found = steps.find(({ name }) => name === 'constraint_extraction');
  const kept = listIn(found?.outputs, 'kept');
  const shown = steps.map(({ input }) => listIn(input, 'constraints')).find((list) => list.length > 0) ?? [];
  return (kept.length > 0 ? kept : shown).flatMap((entry) => {
    const id = textIn(entry, 'id');
    if (id === null) return [];
    return {
      id,
      text: textIn(entry, 'text'),
      kind: textIn(entry, 'kind'),
      quote: textIn(entry, 'quote'),
      found_by: found?.span_id ?? null,
    };
  });
}
