import type { AgentUsage, Usage } from '@agento/contracts';

/** What one call used; null where the endpoint does not report it, or no price is known. */
export interface CallUsage {
  input: number | null;
  output: number | null;
  costUsd: number | null;
}

/** Adds up calls, tokens and cost by agent and model, over one run of one module. */
export interface Ledger {
  add(call: { agentName: string; model: string; provider: string } & CallUsage): void;
  entries(): AgentUsage[];
}

export function createLedger(module: number): Ledger {
  const entries = new Map<string, AgentUsage>();
  return {
    add({ agentName, model, provider, ...used }) {
      const key = `${agentName} ${model} ${provider}`;
      const entry = entries.get(key) ?? {
        module,
        agent_name: agentName,
        model,
        provider,
        calls: 0,
        input_tokens: 0,
        output_tokens: 0,
        cost_usd: 0,
      };
      entries.set(key, {
        ...entry,
        calls: entry.calls + 1,
        ...plusCall(entry, used),
      });
    },
    entries: () => [...entries.values()],
  };
}

/** The sum including one more call; a call that does not report all its tokens is counted as such. */
export function plusCall(sum: Usage, { input, output, costUsd }: CallUsage): Usage {
  const unknown = (sum.calls_without_usage ?? 0) + (input === null || output === null ? 1 : 0);
  return {
    input_tokens: sum.input_tokens + (input ?? 0),
    output_tokens: sum.output_tokens + (output ?? 0),
    // One unknown price makes the sum unknown: it never counts as zero.
    cost_usd: sum.cost_usd === null || costUsd === null ? null : sum.cost_usd + costUsd,
    ...(unknown > 0 && { calls_without_usage: unknown }),
  };
}
