import { readFileSync } from 'node:fs';
import { EnvironmentError } from '@agento/contracts';
import { calcPrice } from '@pydantic/genai-prices';

/**
 * Tokens of one answer, null if the endpoint does not report them, or reports impossible ones; `input` includes what
 * was read from and written to the provider's cache.
 */
export interface TokenUsage {
  input: number | null;
  output: number | null;
  cacheRead?: number;
  cacheCreation?: number;
  reasoning?: number;
}

/** US dollars per million tokens. */
interface OwnPrice {
  input: number;
  output: number;
  cache_read?: number;
}

/** The cost of a call, in US dollars, and its price list; null if unknown. */
export type Prices = (
  model: string,
  provider: string,
  usage: TokenUsage,
) => { usd: number; list: string } | null;

/** The list's version: that of its package, which does not export it. */
const list = `genai-prices ${
  (
    JSON.parse(
      readFileSync(new URL('../package.json', import.meta.resolve('@pydantic/genai-prices')), 'utf8'),
    ) as { version: string }
  ).version
}`;

/** Names come from answers: no endpoint may fill the memory with them. */
const unknownAtMost = 1_000;

/** Prices of AGENTO_PRICES (JSON, or a file containing it), then of the maintained list. */
export function loadPrices(given: string | undefined): Prices {
  const own = given?.trim() ? readOwn(given.trim()) : {};
  // Finding that there is no price means searching the whole list: once per model, not once per call.
  const unknown = new Set<string>();
  return (model, provider, usage) => {
    const { input, output, cacheRead: cached = 0 } = usage;
    // More cached tokens than input would make the price negative.
    if (input === null || output === null || cached > input) return null;
    const price = Object.hasOwn(own, model) ? own[model] : undefined;
    if (price) {
      const dollars =
        (input - cached) * price.input + cached * (price.cache_read ?? price.input) + output * price.output;
      return { usd: dollars / 1e6, list: 'AGENTO_PRICES' };
    }
    const name = `${provider} ${model}`;
    if (unknown.has(name)) return null;
    try {
      const found = calcPrice(
        {
          input_tokens: input,
          output_tokens: output,
          ...(usage.cacheRead !== undefined && { cache_read_tokens: usage.cacheRead }),
          ...(usage.cacheCreation !== undefined && { cache_write_tokens: usage.cacheCreation }),
        },
        model,
        { providerId: provider },
      );
      if (found) return { usd: found.total_price, list };
      if (unknown.size >= unknownAtMost) unknown.clear();
      unknown.add(name);
      return null;
    } catch {
      // A provider's impossible counts (more cached than sent) must not fail a run: the cost is unknown then.
      return null;
    }
  };
}

function readOwn(given: string): Record<string, OwnPrice> {
  try {
    const parsed = JSON.parse(given.startsWith('{') ? given : readFileSync(given, 'utf8')) as Record<
      string,
      OwnPrice
    >;
    for (const [model, price] of Object.entries(parsed)) {
      if (typeof price?.input !== 'number' || typeof price.output !== 'number') {
        throw new TypeError(`${model} needs the numbers input and output, in USD per million tokens`);
      }
    }
    return parsed;
  } catch (error) {
    throw new EnvironmentError([
      `AGENTO_PRICES: must be JSON or a file of it, {"model": {"input": 1.25, "output": 10}}: ${(error as Error).message}`,
    ]);
  }
}
