import type { AgentUsage, RunResource } from '@agento/contracts';
import type { Part, RunStore } from '@agento/runs';
import type { RunInput } from '../module.ts';
import { outputName } from './files.ts';
import type { PartNotes } from './part-notes.ts';
import type { EventRecord } from './recorder.ts';
import { hasEnded } from './run-events.ts';

/** Most characters of a goal that a list shows. */
const shownGoal = 300;

/** A run as this module knows it. */
export function viewOf(part: Part): RunResource {
  // A part of an earlier version has no input.
  const { goal = '' } = part.input as Partial<RunInput>;
  const { trace_id, worked, gone_on, usage = [], output_of, problem } = part.notes as PartNotes;
  const base = `/runs/${part.runId}`;
  const folder = part.attempt === 1 ? base : `${base}/attempts/${part.attempt}`;
  return {
    run_id: part.runId,
    run_attempt: part.attempt,
    module: part.module,
    state: part.state,
    stage: hasEnded(part) ? 'ended' : gone_on ? 'later_module' : worked ? 'worked' : 'own_work',
    goal: goal.length > shownGoal ? `${goal.slice(0, shownGoal)}…` : goal,
    began_at: new Date(part.beganAt).toISOString(),
    changed_at: new Date(part.changedAt).toISOString(),
    executions: part.executions,
    ...(trace_id !== undefined && { trace_id }),
    ...sumOf(usage),
    ...(part.state === 'waiting_for_review' && {
      review: `${base}/review${part.attempt === 1 ? '' : `?attempt=${part.attempt}`}`,
    }),
    ...(output_of !== undefined && { output: `${folder}/artifacts/${outputName(output_of)}` }),
    ...(problem !== undefined && (part.state === 'failed' || part.state === 'cancelled') && { problem }),
  };
}

/** The same with what is known of its progress: steps begun and finished in this module. */
export async function detailsOf(store: RunStore, part: Part): Promise<RunResource> {
  const events = (await store.records(part, 'events')).map(({ data }) => data as EventRecord);
  const count = (wanted: string) => events.filter(({ name }) => name === wanted).length;
  const view = viewOf(part);
  const steps = { started: count('step.started'), finished: count('step.finished') };
  if (((part.notes as PartNotes).usage ?? []).length > 0) return { ...view, steps };
  const calls = (await store.records(part, 'calls')).map(({ data }) => data as RecordedCost);
  return { ...view, ...sumOf(calls.map(usageOf)), steps };
}

/** What a recorded call says of its cost. */
interface RecordedCost {
  answer: { usage: { input: number | null; output: number | null }; costUsd: number | null };
}

type Cost = Pick<AgentUsage, 'calls' | 'input_tokens' | 'output_tokens' | 'cost_usd'>;

function usageOf({ answer: { usage, costUsd } }: RecordedCost): Cost {
  return {
    calls: 1,
    input_tokens: usage.input ?? 0,
    output_tokens: usage.output ?? 0,
    cost_usd: costUsd,
  };
}

/** One unknown price makes the sum unknown. */
function sumOf(usage: readonly Cost[]): Cost {
  const sum: Cost = { calls: 0, input_tokens: 0, output_tokens: 0, cost_usd: 0 };
  for (const { calls, input_tokens, output_tokens, cost_usd } of usage) {
    sum.calls += calls;
    sum.input_tokens += input_tokens;
    sum.output_tokens += output_tokens;
    sum.cost_usd = sum.cost_usd === null || cost_usd === null ? null : sum.cost_usd + cost_usd;
  }
  return sum;
}
