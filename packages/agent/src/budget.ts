import type { AgentUsage, RunLimits } from '@agento/contracts';
import { StepError } from './errors.ts';
import type { Ledger } from './ledger.ts';
import type { ModelSettings } from './model-settings.ts';

/** What a run may use of models. */
export interface Budget {
  /**
   * Does one model call, which counts as one from when it calls `begin`, as its turn has come, until `count` has added its
   * answer to the ledger.
   *
   * @throws StepError `limit_reached`, from `begin`
   */
  within<T>(model: string, call: (begin: () => void) => Promise<T>, count: (answer: T) => void): Promise<T>;
}

/** The sums that are held against the limits; null where they are unknown. */
interface Used {
  calls: number;
  tokens: number | null;
  usd: number | null;
}

/**
 * The budget of a run in one module. Its seconds are not held here: when they are over, the run's signal is aborted.
 *
 * @param earlier what the modules before have used
 * @param ledger of this module
 */
export function createBudget({
  limits,
  earlier,
  ledger,
  settings,
}: {
  limits: RunLimits;
  earlier: readonly AgentUsage[];
  ledger: Ledger;
  settings: Pick<ModelSettings, 'prices' | 'provider'>;
}): Budget {
  let inFlight = 0;
  const before = usedIn(earlier);

  function check(model: string): void {
    if (
      limits.usd !== undefined &&
      settings.prices(model, settings.provider, { input: 0, output: 0 }) === null
    )
      throw unknown('usd', `the price of ${model} is unknown: set AGENTO_PRICES`);
    const used = usedIn([...earlier, ...ledger.entries()]);
    used.calls += inFlight;
    for (const limit of ['calls', 'tokens', 'usd'] as const) {
      const most = limits[limit];
      if (most === undefined) continue;
      const sum = used[limit];
      if (sum === null) throw unknown(limit, 'a call before has an unknown price or number of tokens');
      if (sum >= most) throw reached(limit, most, sum, before[limit] ?? 0);
    }
  }

  return {
    async within(model, call, count) {
      let isInFlight = false;
      try {
        const answer = await call(() => {
          check(model);
          isInFlight = true;
          inFlight += 1;
        });
        // At once with what follows: a call that counted twice for a moment could have another refused.
        count(answer);
        return answer;
      } finally {
        if (isInFlight) inFlight -= 1;
      }
    },
  };
}

function usedIn(usage: readonly AgentUsage[]): Used {
  const used: Used = { calls: 0, tokens: 0, usd: 0 };
  for (const { calls, input_tokens, output_tokens, calls_without_usage = 0, cost_usd } of usage) {
    used.calls += calls;
    used.tokens =
      used.tokens === null || calls_without_usage > 0 ? null : used.tokens + input_tokens + output_tokens;
    used.usd = used.usd === null || cost_usd === null ? null : used.usd + cost_usd;
  }
  return used;
}

function reached(limit: keyof Used, most: number, used: number, before: number): StepError {
  const underWay = limit === 'calls' ? ', those under way included' : '';
  const earlier = before > 0 ? ` (${amount(limit, before)} in the modules before)` : '';
  const what = `The run may use ${amount(limit, most)} and has used ${amount(limit, used)}${underWay}${earlier}`;
  const goOn = `To go on, resume the run with a higher limits.${limit} (default: AGENTO_LIMIT_${limit.toUpperCase()})`;
  return new StepError('limit_reached', `${what}. ${goOn}`);
}

function unknown(limit: keyof Used, why: string): StepError {
  const remedy = `, or start the run again without limits.${limit}`;
  return new StepError('limit_reached', `limits.${limit} cannot be kept, since ${why}${remedy}`);
}

function amount(limit: keyof Used, value: number): string {
  if (limit === 'usd') return `$${value.toFixed(4)}`;
  return `${value} ${limit === 'calls' ? `model call${value === 1 ? '' : 's'}` : limit}`;
}
