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

/** What of a run goes into it. */
export interface CostsOfRun {
  /** The attempt at the run, in its trace. */
  attempt: string;
  usage: Pick<RunReading['usage'], 'agents' | 'modules'>;
}

export function costsOfRun({ trace_id, run_id, run_attempt, usage }: RunReading): CostsOfRun {
  const { agents, modules } = usage;
  return { attempt: [trace_id, run_id, run_attempt].join(' '), usage: { agents, modules } };
}

export async function costsOver(runs: AsyncIterable<CostsOfRun>, unread: Unread[]): Promise<CostsOver> {
  const [agents, modules] = [new Map<string, Usage>(), new Map<string, Usage>()];
  const seen = new Set<string>();
  for await (const { attempt, usage } of runs) {
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
