import type { AgentUsage } from '@agento/contracts';

/** Adds up calls, tokens and cost by agent and model, over one run of one module. */
export interface Ledger {
  add(call: {
    agentName: string;
    model: string;
    provider: string;
    input: number;
    output: number;
    costUsd: number | null;
  }): void;
  entries(): AgentUsage[];
}

export function createLedger(module: number): Ledger {
  const entries = new Map<string, AgentUsage>();
  return {
    add({ agentName, model, provider, input, output, costUsd }) {
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
        input_tokens: entry.input_tokens + input,
        output_tokens: entry.output_tokens + output,
        // One unknown price makes the sum unknown: it is never counted as nothing.
        cost_usd: entry.cost_usd === null || costUsd === null ? null : entry.cost_usd + costUsd,
      });
    },
    entries: () => [...entries.values()],
  };
}
