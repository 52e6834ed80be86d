import type { Finding } from '@agento/contracts';
import { type RunReading, type Step, stepLabel } from '@agento/evidence';
import type { Guardrail, Guardrails } from '@agento/guardrails';
import { type AnsweredStep, answeredIn } from './answered.ts';
import type { Readings } from './evidence.ts';

/** What a guardrail would have changed: nothing but a note, one more call, or the rest of the run. */
export type Change =
  | { is: 'noted'; because?: string }
  | { is: 'repair'; input_tokens: number; output_tokens: number; cost_usd: number | null }
  | { is: 'block'; calls_before: number; calls_not_made: number; cost_not_spent_usd: number | null };

/** An answer in which a guardrail would have found something. */
export interface Fire {
  run_id: string;
  trace_id: string;
  span_id: string;
  /** `expansion_evaluation p1-i2 c3`. */
  step: string;
  agent: string;
  /** What it finds, and the beginning of the text there. */
  problems: { pointer: string; detail: string; value: string | null }[];
  change: Change;
}

/** What one guardrail would have done. */
export interface RailTest {
  guardrail: Guardrail;
  /** Answers it judged, and those that it would have, had the traces held them. */
  judged: number;
  unread: number;
  fires: Fire[];
}

export interface BackTest {
  file_sha256: string;
  runs: number;
  rails: RailTest[];
  /** Runs that something would have blocked. */
  blocked_runs: number;
  /** Over all guardrails; an answer that several object to is repaired once. */
  repairs: { calls: number; input_tokens: number; output_tokens: number; cost_usd: number | null };
}

/** Most characters of a value that are shown. */
const mostShown = 200;
/** What a repair call says beside the prompt, the answer and what it is told. In tokens, as assumed. */
const repairWords = 80;

/** Has guardrails judge the answers of stored runs, as they would have been judged then. */
export async function backTest(guardrails: Guardrails, runs: Readings): Promise<BackTest> {
  const rails = new Map<string, RailTest>(
    guardrails.all.map((guardrail) => [guardrail.id, { guardrail, judged: 0, unread: 0, fires: [] }]),
  );
  const seen = new Set<string>();
  const [runIds, blocked] = [new Set<string>(), new Set<string>()];
  const repaired = new Map<string, Extract<Change, { is: 'repair' }>>();
  for await (const run of runs) {
    const id = run.run_id || run.trace_id;
    runIds.add(id);
    // An attempt that goes on from an earlier one is read with its steps.
    const isNew = ({ span_id }: Step) => !seen.has(`${run.trace_id} ${span_id}`);
    const { answered, unread } = answeredIn(run);
    for (const step of unread.filter(isNew)) {
      for (const { guardrail } of judgesOf(guardrails, step, { answer: {}, input: {} }))
        count(rails, guardrail, 'unread');
    }
    for (const found of answered.filter(({ step }) => isNew(step))) {
      for (const { guardrail, problems } of judgesOf(guardrails, found.step, found)) {
        if (found.is_input_redacted && readsInput(guardrail)) {
          count(rails, guardrail, 'unread');
          continue;
        }
        count(rails, guardrail, 'judged');
        if (problems.length === 0) continue;
        const change = changeOf(guardrail, found.step, run);
        rails.get(guardrail.id)?.fires.push(fireOf(found, problems, run, change));
        if (change.is === 'block') blocked.add(id);
        if (change.is === 'repair') repaired.set(`${run.trace_id} ${found.step.span_id}`, change);
      }
    }
    for (const { span_id } of run.steps) seen.add(`${run.trace_id} ${span_id}`);
  }
  const all = [...repaired.values()];
  return {
    file_sha256: guardrails.sha256,
    runs: runIds.size,
    rails: [...rails.values()],
    blocked_runs: blocked.size,
    repairs: {
      calls: all.length,
      input_tokens: all.reduce((sum, { input_tokens }) => sum + input_tokens, 0),
      output_tokens: all.reduce((sum, { output_tokens }) => sum + output_tokens, 0),
      cost_usd: sumOf(all.map(({ cost_usd }) => cost_usd)),
    },
  };
}

function judgesOf(
  guardrails: Guardrails,
  { module, name, agent }: Step,
  answered: { answer: unknown; input: unknown },
) {
  return guardrails.of(module, name, agent)?.judge(answered) ?? [];
}

function readsInput({ check }: Guardrail): boolean {
  return check.kind === 'quote' || (check.kind === 'agreement' && check.with.in === 'input');
}

function count(rails: Map<string, RailTest>, { id }: Guardrail, what: 'judged' | 'unread'): void {
  const rail = rails.get(id);
  if (rail) rail[what] += 1;
}

function fireOf(
  { step, answer }: AnsweredStep,
  problems: Finding[],
  { run_id, trace_id }: RunReading,
  change: Change,
): Fire {
  return {
    run_id,
    trace_id,
    span_id: step.span_id,
    step: stepLabel(step),
    agent: step.agent,
    problems: problems.map(({ pointer, detail }) => ({ pointer, detail, value: valueAt(answer, pointer) })),
    change,
  };
}

/** A repair is one call more: of the same prompt, with the answer and what was found in it. */
function changeOf({ action }: Guardrail, step: Step, run: RunReading): Change {
  if (action === 'warn') return { is: 'noted' };
  if (action === 'block') {
    const end = step.started_ms + step.duration_ms;
    const later = run.calls.filter(({ started_ms }) => started_ms > end);
    return {
      is: 'block',
      calls_before: run.calls.length - later.length,
      calls_not_made: later.length,
      cost_not_spent_usd: sumOf(later.map(({ cost_usd }) => cost_usd)),
    };
  }
  if (step.is_repaired) return { is: 'noted', because: 'its one repair was used already' };
  const call = run.calls.findLast(({ step: of }) => of === step.span_id);
  const [input, output] = [call?.input_tokens ?? 0, call?.output_tokens ?? 0];
  return {
    is: 'repair',
    input_tokens: input + output + repairWords,
    output_tokens: output,
    cost_usd: call?.cost_usd ?? null,
  };
}

/** Null if one of them is unknown. */
function sumOf(costs: (number | null)[]): number | null {
  return costs.reduce<number | null>((sum, cost) => (sum === null || cost === null ? null : sum + cost), 0);
}

function valueAt(answer: unknown, pointer: string): string | null {
  if (pointer === '') return null;
  const value = pointer
    .split('/')
    .slice(1)
    .reduce<unknown>((here, key) => (here as Record<string, unknown> | null)?.[key], answer);
  // What is found in anything else says its value itself.
  if (typeof value !== 'string') return null;
  return value.length > mostShown ? `${value.slice(0, mostShown)}…` : value;
}
