import { asksModel, chain, type Module1Input, mostContext, type Times } from '@agento/contracts';

/**
 * The basis of the estimate. Known are how often each step is taken and what it sees of the caller's input (its definition
 * in packages/contracts), and how long its prompt is. The rest are assumptions, each with a minimum and a maximum.
 */
export const assumed = {
  /** Items of a plan. */
  items: [4, 7],
  /** The share of them that is revised. */
  revised: [0.5, 1],
  /** Criteria a plan is judged by. */
  criteria: [3, 5],
  /** Tokens of earlier answers in a call's prompt. The offline model's runs have 700 on average. */
  shown: [500, 2_500],
  /** Tokens of an answer, including reasoning. The offline model's have 210 on average. */
  answer: [200, 1_500],
  /** Seconds of one call. */
  seconds: [3, 15],
} as const satisfies Record<string, Range>;

/** Bytes of UTF-8 per token, in English. */
const bytesPerToken = 4;

/** The least and the most. */
export type Range = readonly [least: number, most: number];

/** An agent, as its prompt file has it. */
export interface PromptSize {
  module: number;
  agent: string;
  bytes: number;
}

/** US dollars for a call of this agent; null where its model has no price. */
export type PriceOf = (agent: string, tokens: { input: number; output: number }) => number | null;

export interface Estimate {
  calls: Range;
  inputTokens: Range;
  outputTokens: Range;
  /** US dollars; null where a model has no price. */
  dollars: Range | null;
  seconds: Range;
}

interface Size {
  items: number;
  revised: number;
  criteria: number;
  /** Attempts at one revision. */
  attempts: number;
}

/** How often a step is taken one after the other, and how often side by side each time. */
const taken: Record<Times, (size: Size) => { turns: number; beside: number }> = {
  run: () => ({ turns: 1, beside: 1 }),
  agent: () => ({ turns: 1, beside: 1 }),
  guardrail: () => ({ turns: 1, beside: 1 }),
  item: ({ items }) => ({ turns: 1, beside: items }),
  'item and criterion': ({ items, criteria }) => ({ turns: 1, beside: items * criteria }),
  'failed item': ({ revised }) => ({ turns: 1, beside: revised }),
  'review decision': ({ revised }) => ({ turns: 1, beside: revised }),
  revision: ({ revised }) => ({ turns: 1, beside: revised }),
  attempt: ({ revised, attempts }) => ({ turns: attempts, beside: revised }),
  'first attempt': ({ revised }) => ({ turns: 1, beside: revised }),
  'later attempt': ({ revised, attempts }) => ({ turns: attempts - 1, beside: revised }),
};

/** The steps that an agent takes; of several agents of a step all but the first work beside it. */
function stepsOfAgent(agent: string) {
  return chain
    .flatMap(({ steps }) => steps)
    .filter(asksModel)
    .filter(({ agents }) => agents.includes(agent))
    .map((step) => ({
      size: taken[step.times],
      context: step.context,
      takesTime: step.beside === undefined && step.agents[0] === agent,
    }));
}

/** The estimate for a goal that the agents with these prompts work on. */
export function estimateRun(
  input: Module1Input,
  prompts: PromptSize[],
  { attempts, concurrency, priceOf }: { attempts: number; concurrency: number; priceOf: PriceOf },
): Estimate {
  const last = input.stop_after ?? chain.length;
  const agents = prompts.filter(({ module }) => module <= last);
  const goal = Buffer.byteLength(input.goal);
  const context = Buffer.byteLength(input.context ?? '');
  const [least, most] = ([0, 1] as const).map((end) => {
    const items = assumed.items[end];
    const revised = Math.ceil(items * assumed.revised[end]);
    const size = { items, revised, criteria: assumed.criteria[end], attempts };
    const total = { calls: 0, input: 0, output: 0, dollars: 0 as number | null, seconds: 0 };
    for (const { agent, bytes } of agents) {
      for (const { size: taken, context: shown, takesTime } of stepsOfAgent(agent)) {
        const { turns, beside } = taken(size);
        const calls = turns * beside;
        const seen = bytes + goal + (shown === 'whole' || context <= mostContext ? context : 0);
        const input = Math.round(seen / bytesPerToken) + assumed.shown[end];
        const output = assumed.answer[end];
        const dollars = priceOf(agent, { input, output });
        total.calls += calls;
        total.input += calls * input;
        total.output += calls * output;
        total.dollars = total.dollars === null || dollars === null ? null : total.dollars + calls * dollars;
        if (takesTime) total.seconds += turns * Math.ceil(beside / concurrency) * assumed.seconds[end];
      }
    }
    return total;
  }) as [Total, Total];
  return {
    calls: [least.calls, most.calls],
    inputTokens: [least.input, most.input],
    outputTokens: [least.output, most.output],
    dollars: least.dollars === null || most.dollars === null ? null : [least.dollars, most.dollars],
    seconds: [least.seconds, most.seconds],
  };
}
interface Total {
  calls: number;
  input: number;
  output: number;
  dollars: number | null;
  seconds: number;
}

/** The estimate in a sentence; null without a price, since then there is no cost to warn of. */
export function estimateText(estimate: Estimate): string | null {
  if (estimate.dollars === null) return null;
  return `An estimate, for ${shownRange(assumed.items)} items and ${shownRange(assumed.criteria)} criteria: ${amountsOf(estimate)}`;
}

/** Calls, tokens, cost and time, one after the other. */
export function amountsOf({ calls, inputTokens, outputTokens, dollars, seconds }: Estimate): string {
  const tokens = (value: number) => `${Math.ceil(value / 1000)}k`;
  return [
    `${shownRange(calls)} model calls`,
    `${shownRange(inputTokens, tokens)} tokens in`,
    `${shownRange(outputTokens, tokens)} out`,
    ...(dollars === null ? [] : [shownRange(dollars, (value) => `$${value.toFixed(2)}`)]),
    `${shownRange(seconds, (value) => String(Math.ceil(value / 60)))} min`,
  ].join(', ');
}

function shownRange([least, most]: Range, show: (value: number) => string = String): string {
  return show(least) === show(most) ? show(most) : `${show(least)} to ${show(most)}`;
}
