import type { AgentUsage } from './run-events.ts';

/** Most models that are named: the names come from the endpoint. */
const mostNamed = 3;

/**
 * `69 model calls, 130761 tokens in, 14773 out, $0.0412`: a run's usage, in the same form everywhere. It contains model
 * names, which are foreign text.
 */
export function usageText(usage: AgentUsage[]): string {
  const sum = (pick: (entry: AgentUsage) => number) => usage.reduce((total, entry) => total + pick(entry), 0);
  const least = usage.some(({ calls_without_usage }) => calls_without_usage) ? 'at least ' : '';
  const calls = sum((entry) => entry.calls);
  return [
    calls === 1 ? '1 model call' : `${calls} model calls`,
    `${least}${sum(({ input_tokens }) => input_tokens)} tokens in`,
    `${sum(({ output_tokens }) => output_tokens)} out`,
    costText(usage),
  ].join(', ');
}

/** `$0.0412`, `at least $0.0412 (no price for large)`, `cost unknown (no price for large)`: in US dollars. */
function costText(usage: AgentUsage[]): string {
  const unknown = usage.filter(({ cost_usd }) => cost_usd === null);
  const known = usage.reduce((total, { cost_usd }) => total + (cost_usd ?? 0), 0);
  if (unknown.length === 0) return `$${known.toFixed(4)}`;
  // Without tokens there is no cost, whatever the price.
  const priced = unknown.filter(({ calls_without_usage }) => !calls_without_usage);
  const models = [...new Set(priced.map(({ model }) => model))];
  const more = models.length > mostNamed ? ' and others' : '';
  const why =
    models.length > 0
      ? `no price for ${models.slice(0, mostNamed).join(', ')}${more}`
      : 'the endpoint does not say how many tokens';
  return `${known > 0 ? `at least $${known.toFixed(4)}` : 'cost unknown'} (${why})`;
}
