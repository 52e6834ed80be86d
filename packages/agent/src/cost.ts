import { readFileSync } from 'node:fs';
import { EnvironmentError } from '@agento/contracts';
import { calcPrice } from '@pydantic/genai-prices';

/**
 * Tokens of one answer, null where the endpoint does not say, or says what cannot be; `input` includes what was read
 * from and written to the provider's cache.
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

/** What a call costs, in US dollars, and by which list; null while that is not known. */
export type Prices = (
  model: string,
  provider: string,
  usage: TokenUsage,
) => { usd: number; list: string } | null;

/** The list's version: the package's, which its exports do not offer. */
const list = `genai-prices ${
  (
    JSON.parse(
      readFileSync(new URL('../package.json', import.meta.resolve('@pydantic/genai-prices')), 'utf8'),
    ) as { version: string }
  ).version
}`;

/** Names come with the answers: no endpoint shall fill the memory with them. */
const unknownAtMost = 1_000;

/** Prices of the maintained list, and before them those of AGENTO_PRICES: JSON, or a file that holds it. */
export function loadPrices(given: string | undefined): Prices {
  const own = given?.trim() ? readOwn(given.trim()) : {};
  // To find that there is no price the whole list is gone through: once a model, not once a call.
  const unknown = new Set<string>();
  return (model, provider, usage) => {
    const { input, output, cacheRead: cached = 0 } = usage;
    // More cached than sent would be a price below nothing.
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
      // A provider's odd counts (more cached than sent) must not fail a run: the cost is then not known.
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
