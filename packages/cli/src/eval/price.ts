import { isLoopback } from '@agento/edge';
import { optionsOf, repeatsOf, type Suite } from '@agento/evidence/eval';
import { agreement } from '../agreement.ts';
import { amountsOf, type Estimate, type Range } from '../estimate.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { estimateFor, hasRealModel } from '../expectation.ts';
import type { Terminal } from '../terminal.ts';

/**
 * Says what an eval will cost, and asks whether to go on where a model may have to be paid. Throws a CommandError where
 * the answer is no, or nobody is there to answer.
 */
export async function agreeOnPrice(
  terminal: Terminal,
  suite: Suite,
  { url, atOnce, yes }: { url: string | undefined; atOnce: number; yes: boolean },
): Promise<void> {
  const { stderr, env } = terminal;
  // Services elsewhere have an environment of their own.
  const isHere = url === undefined || isLoopback(new URL(url).hostname);
  if (url === undefined) await checkBudgets(suite, env);
  if (isHere && !hasRealModel(env)) return;
  const runs = suite.goals.reduce((sum, entry) => sum + repeatsOf(suite, entry), 0);
  stderr.write(
    `${runs} ${runs === 1 ? 'run' : 'runs'}. ${(isHere && (await expectation(suite, env, atOnce))) || 'What they cost is not known here.'}\n`,
  );
  if (yes) return;
  const isAgreed = await agreement(terminal, 'Go on?');
  if (isAgreed === true) return;
  if (isAgreed === false) throw new CommandError(exitCodes.usage, 'Nothing was run.');
  throw new CommandError(
    exitCodes.usage,
    'The model of these runs may have to be paid, and nobody is here to agree.',
    'Pass --yes.',
  );
}

/** A budget of money is of no use where nobody knows what a call costs. */
async function checkBudgets({ budgets, goals }: Suite, env: NodeJS.ProcessEnv): Promise<void> {
  if (budgets?.run?.cost_usd === undefined && budgets?.suite?.cost_usd === undefined) return;
  const [{ goal } = { goal: '' }] = goals;
  const isKnown = hasRealModel(env) && (await estimateFor({ goal }, env))?.estimate.dollars !== null;
  if (isKnown) return;
  throw new CommandError(
    exitCodes.usage,
    `The suite has a budget in cost_usd, and ${hasRealModel(env) ? 'a model has no price' : 'the offline model has no price'}.`,
    'Give its price in AGENTO_PRICES, or take cost_usd out of the budgets.',
  );
}

async function expectation(suite: Suite, env: NodeJS.ProcessEnv, atOnce: number): Promise<string | null> {
  const all: Estimate[] = [];
  let hasSearches = false;
  for (const entry of suite.goals) {
    const { goal, context } = entry;
    const input = { goal, ...(context !== undefined && { context }), ...optionsOf(suite, entry) };
    const estimated = await estimateFor(input, env);
    if (estimated === null) return null;
    hasSearches ||= estimated.webSearch;
    for (let repeat = 0; repeat < repeatsOf(suite, entry); repeat++) all.push(estimated.estimate);
  }
  const sum = (of: (estimate: Estimate) => Range): Range => [
    all.reduce((total, estimate) => total + of(estimate)[0], 0),
    all.reduce((total, estimate) => total + of(estimate)[1], 0),
  ];
  const [least, most] = sum(({ seconds }) => seconds);
  const beside = Math.min(atOnce, all.length);
  const hasPrices = all.every(({ dollars }) => dollars !== null);
  const total = amountsOf({
    calls: sum(({ calls }) => calls),
    inputTokens: sum(({ inputTokens }) => inputTokens),
    outputTokens: sum(({ outputTokens }) => outputTokens),
    dollars: hasPrices ? sum(({ dollars }) => dollars ?? [0, 0]) : null,
    seconds: [least / beside, most / beside],
  });
  return [
    `An estimate for them together, ${beside} at once: ${total}`,
    hasPrices ? '' : '; a model has no price, so the cost is not known',
    hasSearches ? '; web searches are extra' : '',
    '.',
  ].join('');
}
