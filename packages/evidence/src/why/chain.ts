import type { RunReading } from '../reading/index.ts';
import { evidenceOf } from './behind.ts';
import type { Evidence } from './evidence.ts';
import { type Outside, ofOutside, outsideOf, unread } from './outside.ts';

/** A link of a chain, and how many links it is away from what was asked about. */
export interface ChainLink extends Evidence {
  depth: number;
}

/** What one thing follows from, each once, the nearest first and the goal last. */
export interface Chain {
  links: ChainLink[];
  /** What is not in the trace although something in the chain would need it, as sentences without a verb. */
  not_found: string[];
  /** Where links lead out of the trace. */
  other_traces: Outside[];
}

/** @param others the runs of the traces that its links lead to, as far as they were found */
export function chainFrom(first: Evidence, reading: RunReading, others: readonly RunReading[] = []): Chain {
  const links = new Map<string, ChainLink>([[first.key, { ...first, depth: 0 }]]);
  const not_found = new Set<string>();
  // A map is walked on while it grows.
  for (const link of links.values()) {
    for (const missing of link.not_found) not_found.add(missing);
    for (const key of link.because) {
      if (links.has(key)) continue;
      const next = evidenceOf(key, reading);
      if (next) links.set(key, { ...next, depth: link.depth + 1 });
      else not_found.add(`${key}, which ${link.key} follows from`);
    }
  }
  const other_traces = outsideOf(
    [...links.values()].map(({ span_id }) => span_id),
    reading,
    others,
  );
  for (const outside of other_traces) {
    const there = ofOutside(outside, reading, others);
    if (!there) not_found.add(unread(outside));
    else {
      for (const missing of there.not_found) not_found.add(missing);
      const users = new Set(outside.links.map(({ from }) => stepOf(from, reading)));
      const using = [...links.values()].filter(({ span_id }) => span_id !== null && users.has(span_id));
      for (const link of using) link.because = [...link.because, there.key];
      links.set(there.key, { ...there, depth: 1 });
    }
  }
  if (!links.has('goal')) not_found.add('a way from it back to the goal');
  const last = ({ key }: Evidence) => (key === 'goal' ? 1 : 0);
  return {
    links: [...links.values()].sort((one, other) => last(one) - last(other) || one.depth - other.depth),
    not_found: [...not_found],
    other_traces,
  };
}

/** The step of a call; any other span itself. */
function stepOf(spanId: string, { calls }: RunReading): string {
  return calls.find(({ span_id }) => span_id === spanId)?.step ?? spanId;
}
