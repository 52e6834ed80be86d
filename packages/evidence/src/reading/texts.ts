import { numberOf, type RecordedSpan } from '../model.ts';
import type { Link } from './link.ts';
import { textIn, textsIn } from './loose.ts';
import type { Plan } from './plans.ts';
import { notRecorded, type Recorded, recordedOf } from './recorded.ts';
import type { Step } from './step.ts';
import { attemptJudgedBy } from './verdict.ts';

/** One text of an item: the original (attempt 0) or an attempt at its revision. */
export interface ItemText {
  /** `p1-i1-a0`, `p1-i1-a1`, … */
  id: string;
  item_id: string;
  attempt: number;
  /** The writer's span and agent. */
  span_id: string;
  agent: string;
  text: Recorded;
  /** Bytes of UTF-8, known even while content is off. */
  size: number | null;
  /** What its writer set out to change. */
  changes: string[];
  /** The span that judged it on the attempts' terms; null if none did. */
  judged_by: string | null;
  /** 0 to 1, and whether it fully meets the criteria that were targeted; null if not judged. */
  score: number | null;
  meets_criteria: boolean | null;
  /** Whether it stands in the final plan; null if the run did not come that far. */
  is_final: boolean | null;
}

/** An item of the plan that was worked out. */
export interface Item {
  id: string;
  plan_id: string | null;
  title: string | null;
  /** What the planner wrote of it. */
  outline: string | null;
  /** The original, then the attempts. */
  texts: ItemText[];
}

const writers = new Set(['item_generation', 'revision_apply', 'revision_refinement']);

export function itemsOf(
  steps: Step[],
  spans: Map<string, RecordedSpan>,
  links: Link[],
  plans: Plan[],
): Item[] {
  const assembly = steps.find(({ name }) => name === 'final_assembly');
  const kept = new Set(links.filter(({ from }) => from === assembly?.span_id).map(({ to }) => to));
  const written = steps.filter(({ name, about }) => writers.has(name) && about.item_id !== null);
  const outlined = plans.filter((plan) => plan.is_selected).flatMap((plan) => plan.items);
  const worked = written.map(({ about }) => about.item_id ?? '');
  const ids = [...new Set([...outlined.map(({ id }) => id).filter((id) => worked.includes(id)), ...worked])];
  return ids.map((id) => {
    const own = written.filter(({ about }) => about.item_id === id);
    const outline = outlined.find((item) => item.id === id);
    const [original] = own;
    return {
      id,
      plan_id:
        original?.about.plan_id ??
        plans.find((plan) => plan.items.some((item) => item.id === id))?.id ??
        null,
      title: outline?.title ?? shownTitle(original),
      outline: outline?.description ?? null,
      texts: own
        .map((step) => textOfStep(step, { id, steps, spans, kept: assembly ? kept : null }))
        .sort((one, other) => one.attempt - other.attempt),
    };
  });
}

function shownTitle(step: Step | undefined): string | null {
  const shown = (step?.input as { item?: unknown } | null | undefined)?.item;
  return textIn(shown, 'item_title');
}

function textOfStep(
  step: Step,
  {
    id,
    steps,
    spans,
    kept,
  }: { id: string; steps: Step[]; spans: Map<string, RecordedSpan>; kept: Set<string> | null },
): ItemText {
  const attempt = step.about.attempt ?? 0;
  const span = spans.get(step.span_id);
  const judge = steps
    .filter((other) => other.about.item_id === id)
    .map(({ span_id }) => spans.get(span_id))
    .find((other) => other && attemptJudgedBy(other) === attempt);
  const meets = judge?.attributes['agento.attempt.meets_criteria'];
  const size = ['agento.section.size', 'agento.revised_text.size'].map((key) =>
    numberOf(span?.attributes ?? {}, key),
  );
  return {
    id: `${id}-a${attempt}`,
    item_id: id,
    attempt,
    span_id: step.span_id,
    agent: step.agent,
    text: span ? writtenIn(step, span) : notRecorded(),
    size: size.find((bytes) => bytes !== null) ?? null,
    changes: textsIn(step.outputs, 'changes'),
    judged_by: judge?.span_id ?? null,
    score: judge ? numberOf(judge.attributes, 'agento.attempt.score') : null,
    meets_criteria: typeof meets === 'boolean' ? meets : null,
    is_final: kept ? kept.has(step.span_id) : null,
  };
}

function writtenIn(step: Step, span: RecordedSpan): Recorded {
  if (step.name === 'item_generation') return recordedOf(span, 'agento.plan.section');
  const text = textIn(step.outputs, 'text');
  return text === null ? notRecorded(span) : { value: text, state: 'whole' };
}
