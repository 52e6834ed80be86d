import type { ModuleInfo, RunEventName, RunEvents } from '@agento/contracts';
import type { Guardrails } from '@agento/guardrails';
import type { EndedOperation } from '@agento/tracing/metrics';
import { linkedController } from './abort.ts';
import type { Budget } from './budget.ts';
import type { Journal } from './journal.ts';
import type { Ledger } from './ledger.ts';
import type { ModelClient } from './model-client.ts';
import type { CallSettings } from './model-settings.ts';
import type { Prompt } from './prompt.ts';

/** One run of one module: what its steps need, independent of HTTP. */
export interface Run {
  /** UUID of the run. */
  id: string;
  module: ModuleInfo;
  /** Aborted when the caller leaves or the run's time is over. */
  signal: AbortSignal;
  models: ModelClient;
  maxAttempts: number;
  /** What each agent has used so far. */
  ledger: Ledger;
  /** The calls of earlier executions, and of this one. */
  journal: Journal;
  /** What it may still use. */
  budget: Budget;
  /** What is different in the step whose first call has this key; only in a replay. */
  changed?(key: string): StepChange | undefined;
  /** What answers have to pass; null: nothing beside their schemas. */
  guardrails: Guardrails | null;
  /** Reports events to the caller as they happen. */
  emit<N extends RunEventName>(name: N, data: RunEvents[N]): void;
  /** Counts each agent and tool that has ended its work; calls of models are counted by their client. */
  count?(operation: EndedOperation): void;
}

/** What a replay changes in a step. */
export interface StepChange {
  prompt?: Prompt;
  model?: string;
  settings?: Partial<CallSettings>;
}

type Results<W extends readonly ((run: Run) => Promise<unknown>)[]> = {
  -readonly [N in keyof W]: Awaited<ReturnType<W[N]>>;
};

/** Does different tasks in parallel, as sideBySide does the same task for each entry. */
export function together<const W extends readonly ((run: Run) => Promise<unknown>)[]>(
  run: Run,
  works: W,
): Promise<Results<W>> {
  return sideBySide<(run: Run) => Promise<unknown>, unknown>(run, works, (work, run) => work(run)) as Promise<
    Results<W>
  >;
}

/**
 * Does independent tasks in parallel. If one fails, the others are cancelled, and the error is thrown only after all
 * have stopped, so that no span outlives its parent.
 */
export async function sideBySide<In, Out>(
  run: Run,
  items: readonly In[],
  work: (item: In, run: Run, index: number) => Promise<Out>,
): Promise<Out[]> {
  const { controller: stop, unlink } = linkedController(run.signal);
  const part: Run = { ...run, signal: stop.signal };
  let failed: { error: unknown } | null = null;
  const results = await Promise.allSettled(
    items.map(async (item, index) => {
      try {
        return await work(item, part, index);
      } catch (error) {
        failed ??= { error };
        stop.abort(new Error('A parallel step failed'));
        throw error;
      }
    }),
  );
  unlink();
  if (failed) throw (failed as { error: unknown }).error;
  return results.map((result) => (result as PromiseFulfilledResult<Out>).value);
}
