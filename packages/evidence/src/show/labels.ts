import { shortened } from '../page/wrap.ts';
import type { RunReading, Step } from '../reading/index.ts';
import { duration } from '../tables.ts';

/** `expansion_evaluation p1-i2 c3`, as `what` takes it. */
export function stepLabel({ name, about, agent }: Step): string {
  const ids = [about.item_id ?? about.plan_id, about.criterion_id];
  const attempt = about.attempt === null ? [] : [`a${about.attempt}`];
  const which = name === 'plan_generation' ? [about.plan_id, agent] : [...ids, ...attempt];
  return [name, ...which].filter(Boolean).join(' ');
}

/** The step with this span, by its label; else the span's own id. */
export function spanLabel(reading: RunReading, spanId: string | null): string {
  if (spanId === null) return 'nobody';
  const step = reading.steps.find(({ span_id }) => span_id === spanId);
  if (step) return stepLabel(step);
  const module = reading.modules.find(({ span_id }) => span_id === spanId);
  if (module) return `run_module_${module.number}`;
  const call = reading.calls.find(({ span_id }) => span_id === spanId);
  return call?.key ?? spanId;
}

/** An id with the beginning of its text: `c3 “At least 8 of 10 people …”`. */
export function named(id: string, text: string | null | undefined, length = 60): string {
  return text ? `${id} “${shortened(text, length)}”` : id;
}

export function criterionLabel(reading: RunReading, id: string | null, length?: number): string {
  if (id === null) return '';
  const known = [...reading.criteria, ...reading.constraints].find((entry) => entry.id === id);
  return named(id, known?.text, length);
}

export function itemLabel(reading: RunReading, id: string | null): string {
  return id === null ? '' : named(id, reading.items.find((item) => item.id === id)?.title);
}

/** `2026-11-28 16:22:36 UTC`. */
export function time(milliseconds: number): string {
  if (!(milliseconds > 0 && milliseconds < 8.64e15)) return 'at an unknown time';
  return `${new Date(milliseconds).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

export function score(value: number | null): string {
  return value === null ? '–' : String(Math.round(value * 1000) / 1000);
}

export function cost(usd: number | null): string {
  return usd === null ? 'cost unknown' : `$${usd.toFixed(4)}`;
}

export const words = (...parts: (string | null | undefined | false)[]) => parts.filter(Boolean).join(', ');
export { duration };
