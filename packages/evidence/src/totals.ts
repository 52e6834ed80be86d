import { callsOf } from './calls.ts';
import {
  type Attributes,
  isInterrupted,
  millisecondsOf,
  moduleOf,
  numberOf,
  type RecordedSpan,
  type Trace,
  textOf,
} from './model.ts';

/** Totals of model calls, each call key once. */
export interface Usage {
  calls: number;
  input_tokens: number;
  output_tokens: number;
  /** Calls whose tokens are unknown, interrupted ones too; the sums exclude them. Absent if there are none. */
  calls_without_usage?: number;
  /** Sum of the calls' own durations, even if they ran in parallel. */
  duration_ms: number;
  /** US dollars; null if the price of any call is unknown. */
  cost_usd: number | null;
}
export interface Totals {
  /** By `agent.name`. */
  agents: Record<string, Usage>;
  /** By module number; a key for every module with spans. */
  modules: Record<string, Usage>;
  all: Usage;
  /** What is not in these sums: calls that were made again, since a process died before their answer was recorded. */
  in_vain: Usage;
  /** Nor is this: how many calls a recorded run had answered. */
  replayed: number;
}

const none: Usage = { calls: 0, input_tokens: 0, output_tokens: 0, duration_ms: 0, cost_usd: 0 };

/** Model calls, tokens, time and cost of each agent, each module and the whole trace. */
export function totals(trace: Trace): Totals {
  const { needed, inVain, replayed } = callsOf(trace.spans);
  // An agent's name is foreign: no object has one of its own that was not given to it.
  const agents = new Map<string, Usage>();
  const sums: Omit<Totals, 'agents'> = {
    modules: {},
    all: { ...none },
    in_vain: inVain.reduce(plus, none),
    replayed: replayed.length,
  };
  for (const span of trace.spans) {
    const module = moduleOf(span);
    if (module !== null) sums.modules[module] ??= { ...none };
  }
  for (const span of needed) {
    const module = moduleOf(span);
    const agent = textOf(span.attributes, 'agent.name') || '(no agent)';
    agents.set(agent, plus(agents.get(agent) ?? none, span));
    if (module !== null) sums.modules[module] = plus(sums.modules[module] ?? none, span);
    sums.all = plus(sums.all, span);
  }
  return { ...sums, agents: Object.fromEntries(agents) };
}

function plus(usage: Usage, span: RecordedSpan): Usage {
  const cost = numberOf(span.attributes, 'agento.cost.usd');
  const isUnknown = span.attributes['agento.usage.unknown'] === true || isInterrupted(span);
  const unknown = (usage.calls_without_usage ?? 0) + (isUnknown ? 1 : 0);
  return {
    calls: usage.calls + 1,
    input_tokens: usage.input_tokens + tokens(span.attributes, 'input'),
    output_tokens: usage.output_tokens + tokens(span.attributes, 'output'),
    ...(unknown > 0 && { calls_without_usage: unknown }),
    duration_ms: usage.duration_ms + millisecondsOf(span),
    cost_usd: usage.cost_usd === null || cost === null ? null : usage.cost_usd + cost,
  };
}

function tokens(attributes: Attributes, way: 'input' | 'output'): number {
  return numberOf(attributes, `gen_ai.usage.${way}_tokens`) ?? 0;
}
