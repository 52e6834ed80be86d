import { chain, type StepName } from '@agento/contracts';
import type { RunEvent } from '../run-client.ts';
import { oneLine } from '../terminal.ts';

/** Shows a run's progress. */
export interface Progress {
  event(event: RunEvent): void;
  /** A line from outside the run, such as a service's warning. */
  note(line: string): void;
  /** Leaves the screen clean; called once, however the run ended. */
  end(): void;
}

/** `item_generation p1-i3`, `revision_evaluation p1-i3 #2`: the step and what it works on. An item's id holds its plan's. */
export function stepLabel({ step, item_id, criterion_id, plan_id, attempt }: StepName): string {
  const parts = [step, item_id ?? plan_id, criterion_id, attempt === undefined ? undefined : `#${attempt}`];
  return oneLine(parts.filter(Boolean).join(' '));
}

/** `3 Expanded plan`. */
export function moduleLabel(number: number): string {
  return `${number} ${chain.find((module) => module.number === number)?.title ?? ''}`.trim();
}

export const labelWidth = Math.max(...chain.map(({ number }) => moduleLabel(number).length));
