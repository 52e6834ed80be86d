import type { Link } from './link.ts';
import type { RunReading } from './reading.ts';

/** A reading's links by their ends. */
export interface LinksByEnd {
  from(spanId: string): Link[];
  to(spanId: string): Link[];
}

export function linksByEnd({ links }: Pick<RunReading, 'links'>): LinksByEnd {
  const [from, to] = [Map.groupBy(links, (link) => link.from), Map.groupBy(links, (link) => link.to)];
  return { from: (spanId) => from.get(spanId) ?? [], to: (spanId) => to.get(spanId) ?? [] };
}
