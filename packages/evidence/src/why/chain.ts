import type { RunReading } from '../reading/index.ts';
import { evidenceOf } from './behind.ts';
import type { Evidence } from './evidence.ts';

/** What one thing follows from, each once, the nearest first and the goal last. */
export interface Chain {
  links: Evidence[];
  /** What is not in the trace although something in the chain would need it, as sentences without a verb. */
  not_found: string[];
}

export function chainFrom(first: Evidence, reading: RunReading): Chain {
  const links = new Map([[first.key, first]]);
  const not_found = new Set<string>();
  // A map is walked on while it grows.
  for (const link of links.values()) {
    for (const missing of link.not_found) not_found.add(missing);
    for (const key of link.because) {
      if (links.has(key)) continue;
      const next = evidenceOf(key, reading);
      if (next) links.set(key, next);
      else not_found.add(`${key}, which ${link.key} follows from`);
    }
  }
  const goal = links.get('goal');
  if (goal) {
    links.delete('goal');
    links.set('goal', goal);
  } else not_found.add('a way from it back to the goal');
  return { links: [...links.values()], not_found: [...not_found] };
}
