import type { Trace } from '@agento/evidence';

/**
 * A coarse view of a run's tree over five services: which service's spans are children of which, and how often. A lost
 * hop, or a span in the wrong service, changes a line.
 */
export const serviceEdges: Record<string, number> = {
  'none → Module-1 POST /run': 1,
  ...Object.fromEntries(
    [1, 2, 3, 4, 5].flatMap((number) => [
      [`Module-${number} POST /run → Module-${number} request`, 1],
      [`Module-${number} request → Module-${number} run_module_${number}`, 1],
    ]),
  ),
  ...Object.fromEntries(
    [1, 2, 3, 4].flatMap((number) => [
      [`Module-${number} request → Module-${number} POST`, 1],
      [`Module-${number} POST → Module-${number + 1} POST /run`, 1],
    ]),
  ),
};

const isSkeleton = (name: string) => /^(POST( \/run)?|request|run_module_\d)$/.test(name);

/** The same of a trace: counted edges between the spans that carry the run from service to service. */
export function edgesOf(trace: Trace): Record<string, number> {
  const named = new Map(
    trace.spans.map((span) => [
      span.span_id,
      `${String(span.resource['service.name']).replace('Agento-', '')} ${span.name}`,
    ]),
  );
  const counts: Record<string, number> = {};
  for (const span of trace.spans.filter(({ name }) => isSkeleton(name))) {
    const edge = `${named.get(span.parent_span_id) ?? 'none'} → ${named.get(span.span_id)}`;
    counts[edge] = (counts[edge] ?? 0) + 1;
  }
  return counts;
}

/** Whether all of a run is here: module 1 to the last, each with all the spans it says it made. */
export function isWhole(trace: Trace): boolean {
  const roots = new Map(
    trace.spans
      .filter(({ name }) => /^run_module_\d$/.test(name))
      .map((span) => [span.resource['module.number'], span]),
  );
  const below = (id: string, service: unknown): number =>
    trace.spans
      .filter((span) => span.parent_span_id === id && span.resource['service.name'] === service)
      .reduce((sum, span) => sum + 1 + below(span.span_id, service), 0);
  let servers = 0;
  for (let number: unknown = 1; number !== 0; servers += 1) {
    const root = roots.get(number as number);
    if (
      !root ||
      below(root.span_id, root.resource['service.name']) !== root.attributes['agento.span_count']
    ) {
      return false;
    }
    number = root.attributes['agento.next_module'];
  }
  // The spans around a module's own work end last.
  const ids = new Set(trace.spans.map(({ span_id }) => span_id));
  return (
    trace.spans.filter(({ name }) => name === 'POST /run').length === servers &&
    trace.spans.every(({ parent_span_id }) => parent_span_id === '' || ids.has(parent_span_id))
  );
}
