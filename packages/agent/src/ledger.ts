import type { AgentUsage, Usage } from '@agento/contracts';
import type { TokenUsage } from './cost.ts';

/** Adds up calls, tokens and cost by agent and model, over one run of one module. */
export interface Ledger {
  add(call: {
    agentName: string;
    model: string;
    provider: string;
    /** Tokens; null if the endpoint does not report them. */
    input: number | null;
    output: number | null;
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
        ...plusTokens(entry, { input, output }),
        // One unknown price makes the sum unknown: it never counts as zero.
        cost_usd: entry.cost_usd === null || costUsd === null ? null : entry.cost_usd + costUsd,
      });
    },
    entries: () => [...entries.values()],
  };
}

/** The sum including the tokens of one more call; a call that does not report all of them is counted as such. */
export function plusTokens(sum: Usage, { input, output }: Pick<TokenUsage, 'input' | 'output'>): Usage {
  const unknown = (sum.calls_without_usage ?? 0) + (input === null || output === null ? 1 : 0);
  return {
    input_tokens: sum.input_tokens + (input ?? 0),
    output_tokens: sum.output_tokens + (output ?? 0),
    ...(unknown > 0 && { calls_without_usage: unknown }),
  };
}
