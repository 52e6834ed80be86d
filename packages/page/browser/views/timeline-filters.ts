import type { SpanRow } from '@agento/evidence';

/** What of the tree is shown, as the address has it; the filters of `agento trace`, and some of the page's own. */
export interface Filters {
  /** In a span's name, agent, item or id. */
  find: string;
  module: number | null;
  agent: string;
  item: string;
  /** Only what failed or was interrupted. */
  errors: boolean;
  /** Only what took at least so many seconds. */
  slow: number | null;
  /** Only what the run waited for. */
  critical: boolean;
  /** Levels that are unfolded, from 1. */
  depth: number | null;
  /** With the requests between services. */
  requests: boolean;
}

export function filtersOf(query: Pick<URLSearchParams, 'get'>): Filters {
  const text = (name: string) => query.get(name) ?? '';
  const number = (name: string, least: number) => {
    const given = Number(text(name) || Number.NaN);
    return given >= least && Number.isFinite(given) ? given : null;
  };
  return {
    find: text('find'),
    module: number('module', 1),
    agent: text('agent'),
    item: text('item'),
    errors: query.get('errors') !== null,
    slow: number('slow', 0),
    critical: query.get('critical') !== null,
    depth: number('depth', 1),
    requests: query.get('requests') !== null,
  };
}

/** A change of the address that leaves none of them. */
export const noFilters: Record<keyof Filters, undefined> = {
  find: undefined,
  module: undefined,
  agent: undefined,
  item: undefined,
  errors: undefined,
  slow: undefined,
  critical: undefined,
  depth: undefined,
  requests: undefined,
};

/** Whether only some spans are asked for. */
export function narrows({ find, module, agent, item, errors, slow, critical }: Filters): boolean {
  return find !== '' || module !== null || agent !== '' || item !== '' || errors || slow !== null || critical;
}

/** Whether a span is one of those that are asked for. */
export function isMeant(span: SpanRow, filters: Filters): boolean {
  const { find, module, agent, item, errors, slow, critical } = filters;
  return (
    (module === null || span.module === module) &&
    (agent === '' || span.agent.toLowerCase() === agent.toLowerCase()) &&
    (item === '' || span.item === item) &&
    (!errors || span.is_error) &&
    (slow === null || span.duration_ms >= slow * 1_000) &&
    (!critical || span.critical_ms > 0) &&
    `${span.name} ${span.agent} ${span.item} ${span.span_id}`.toLowerCase().includes(find.toLowerCase())
  );
}
