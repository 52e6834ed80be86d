import type { Usage } from '../totals.ts';
import type { Member } from './run-set.ts';

/** What a run of the set used on average, by agent; an agent that a run did not have used nothing in it. */
export function meanUsage(members: Member[]): { agents: Map<string, Usage>; all: Usage } {
  const used = new Map<string, Usage>();
  for (const { agents } of members) {
    for (const [agent, usage] of Object.entries(agents))
      used.set(agent, bothUsages(used.get(agent) ?? noUsage, usage));
  }
  const runs = Math.max(1, members.length);
  const agents = new Map([...used].map(([agent, usage]) => [agent, divided(usage, runs)]));
  return { agents, all: divided([...used.values()].reduce(bothUsages, noUsage), runs) };
}

export const noUsage: Usage = { calls: 0, input_tokens: 0, output_tokens: 0, duration_ms: 0, cost_usd: 0 };

/** The sum of two; of its cost nothing is known where one is not. */
export function bothUsages(one: Usage, other: Usage): Usage {
  return {
    calls: one.calls + other.calls,
    input_tokens: one.input_tokens + other.input_tokens,
    output_tokens: one.output_tokens + other.output_tokens,
    duration_ms: one.duration_ms + other.duration_ms,
    cost_usd: one.cost_usd === null || other.cost_usd === null ? null : one.cost_usd + other.cost_usd,
  };
}

function divided(usage: Usage, by: number): Usage {
  return {
    calls: usage.calls / by,
    input_tokens: usage.input_tokens / by,
    output_tokens: usage.output_tokens / by,
    duration_ms: usage.duration_ms / by,
    cost_usd: usage.cost_usd === null ? null : usage.cost_usd / by,
  };
}
