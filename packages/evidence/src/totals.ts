import { callsOf } from './calls.ts';
import {
  type Attributes,
  agentOf,
  isInterrupted,
  isOwn,
  millisecondsOf,
  moduleOf,
  numberOf,
  type RecordedSpan,
  type Trace,
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
  /** By `agent.name`, of another system `gen_ai.agent.name`. */
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
  const sums: Totals = {
    agents: {},
    modules: {},
    all: { ...none },
    in_vain: inVain.reduce(plus, none),
    replayed: replayed.length,
  };
  const byId = new Map(trace.spans.map((span) => [span.span_id, span]));
  for (const span of trace.spans) {
    const module = moduleOf(span);
    if (module !== null) sums.modules[module] ??= { ...none };
  }
  for (const span of needed) {
    const module = moduleOf(span);
    const agent = agentAbove(span, byId) || '(no agent)';
    sums.agents[agent] = plus(sums.agents[agent] ?? none, span);
    if (module !== null) sums.modules[module] = plus(sums.modules[module] ?? none, span);
    sums.all = plus(sums.all, span);
  }
  return sums;
}

/** Other systems name the agent at a span above its calls. */
function agentAbove(span: RecordedSpan, byId: Map<string, RecordedSpan>): string {
  const seen = new Set<RecordedSpan>();
  let at: RecordedSpan | undefined = span;
  while (at !== undefined && !seen.has(at)) {
    const agent = agentOf(at);
    if (agent !== '') return agent;
    seen.add(at);
    at = byId.get(at.parent_span_id);
  }
  return '';
}

function plus(usage: Usage, span: RecordedSpan): Usage {
  const cost = numberOf(span.attributes, 'agento.cost.usd');
  const isUnknown =
    span.attributes['agento.usage.unknown'] === true || isInterrupted(span) || isForeignWithoutUsage(span);
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

/** Ours say where tokens are unknown; of another system's call that says nothing they are. */
function isForeignWithoutUsage(span: RecordedSpan): boolean {
  const usage = ['gen_ai.usage.input_tokens', 'gen_ai.usage.output_tokens'];
  return !isOwn(span) && usage.every((name) => numberOf(span.attributes, name) === null);
}
