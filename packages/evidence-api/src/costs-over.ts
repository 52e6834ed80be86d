import { bothUsages, noUsage, type RunReading, type Unread, type Usage } from '@agento/evidence';

/** Model calls of several runs together, by agent and by module; an attempt that comes twice counts once. */
export interface CostsOver {
  /** How many runs, each attempt for itself. */
  runs: number;
  unread: Unread[];
  agents: Record<string, Usage>;
  /** By module number. */
  modules: Record<string, Usage>;
}

export async function costsOver(readings: AsyncIterable<RunReading>, unread: Unread[]): Promise<CostsOver> {
  const [agents, modules] = [new Map<string, Usage>(), new Map<string, Usage>()];
  const seen = new Set<string>();
  for await (const { trace_id, run_id, run_attempt, usage } of readings) {
    const attempt = [trace_id, run_id, run_attempt].join(' ');
    if (seen.has(attempt)) continue;
    seen.add(attempt);
    addTo(agents, usage.agents);
    addTo(modules, usage.modules);
  }
  return {
    runs: seen.size,
    unread,
    agents: Object.fromEntries(agents),
    modules: Object.fromEntries(modules),
  };
}

function addTo(sums: Map<string, Usage>, used: Record<string, Usage>): void {
  for (const [name, usage] of Object.entries(used))
    sums.set(name, bothUsages(sums.get(name) ?? noUsage, usage));
}
