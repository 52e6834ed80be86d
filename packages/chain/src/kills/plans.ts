import { hash } from 'node:crypto';
import { type AgentUsage, chain as order } from '@agento/contracts';
import type { RunStore } from '@agento/runs';

/** What a run came to, without the names of the run itself. */
export interface Outcome {
  plan: string;
  output: string;
  /** Calls of the model. */
  calls: number;
}

const lastOutput = `module${order.length}_output.json`;

/** Reads plan and output of a finished run. @throws if one is missing, or they do not belong together */
export async function outcomeOf(store: RunStore, runId: string): Promise<Outcome> {
  const plan = await textOf(store, runId, 'final_plan.md');
  const output = await textOf(store, runId, lastOutput);
  if (!output.includes(hash('sha256', plan))) throw new Error('its output names the hash of another plan');
  const { usage, ...rest } = JSON.parse(output) as { usage: AgentUsage[] };
  const calls = usage.reduce((sum, entry) => sum + entry.calls, 0);
  // Agents that work side by side are listed as they are answered.
  const sorted = usage.map((entry) => JSON.stringify(entry)).sort();
  return { plan: withoutNames(plan), output: withoutNames(JSON.stringify([rest, sorted])), calls };
}

async function textOf(store: RunStore, runId: string, name: string): Promise<string> {
  const bytes = await store.readFile({ runId, attempt: 1 }, name);
  if (bytes === null) throw new Error(`${name} is missing`);
  return Buffer.from(bytes).toString();
}

/** Replaces ids of runs, traces and spans, and hashes of what contains them. */
function withoutNames(text: string): string {
  return text.replace(
    /\b([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{64}|[0-9a-f]{32}|[0-9a-f]{16})\b/g,
    '…',
  );
}

/** The first place where two texts differ, from both; null if they are the same. */
export function difference(one: string, other: string): string | null {
  if (one === other) return null;
  let at = 0;
  while (one[at] === other[at]) at += 1;
  const from = Math.max(0, at - 60);
  return `“${one.slice(from, at + 60)}” instead of “${other.slice(from, at + 60)}”`;
}
