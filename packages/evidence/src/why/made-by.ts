import type { RunReading } from '../reading/index.ts';

/** The key of what a span made, by which the chain goes on from it. */
export function madeBy(reading: RunReading, spanId: string): string {
  const has = (entry: { span_id: string }) => entry.span_id === spanId;
  const text = reading.items.flatMap(({ texts }) => texts).find(has);
  if (text) return `text ${text.id}`;
  const request = reading.requests.find(has);
  if (request) return `request ${request.id}`;
  const plan = reading.plans.find(has);
  if (plan) return `plan ${plan.id}`;
  if (reading.decisions.some(has)) return `decision ${spanId}`;
  if (reading.search?.span_id === spanId) return 'search';
  return `step ${spanId}`;
}
