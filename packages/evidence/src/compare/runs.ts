import type { RunReading } from '../reading/index.ts';
import type { Usage } from '../totals.ts';
import { paired } from './align.ts';
import { type CriterionChange, criterionChanges, idsNow } from './criteria.ts';
import { type DecisionChange, decisionChanges, type Followed, followed } from './decisions.ts';
import { type PromptChange, promptChanges } from './prompts.ts';
import { type StepChange, stepChanges } from './steps.ts';
import { type TextChange, textChanges } from './texts.ts';
import { type VerdictChange, verdictChanges } from './verdicts.ts';

/** One of two runs that are compared. */
export interface ComparedRun {
  run_id: string;
  run_attempt: number;
  /** All that are in the trace. */
  run_attempts: number[];
  trace_id: string;
  goal: string | null;
  /** Empty if there was none; null if the trace does not tell. */
  context: string | null;
  /** Milliseconds since 1970. */
  started_ms: number;
  wall_ms: number;
  outcome: string;
  error: string | null;
  score: number | null;
  has_content: boolean;
  gaps: string[];
  usage: Usage;
  /** Of a replay: how many calls the recorded run had answered, and the keys of those that were asked. */
  replay: { given: number; asked: string[] } | null;
}

export interface RunComparison {
  kind: 'runs';
  before: ComparedRun;
  now: ComparedRun;
  /** Nothing but ids, times and use differs, as far as both traces tell. */
  is_same: boolean;
  /** It is the same attempt at the same run, read twice, with or without content both times. */
  is_itself: boolean;
  /** The goals are known, and others. */
  is_other_goal: boolean;
  /** The first step, in the order of time, that was asked or answered otherwise, or that one run did not take. */
  first_step: StepChange | null;
  /** The first decision that went another way, and what depended on it. */
  first_decision: (DecisionChange & { followed: Followed }) | null;
  steps: StepChange[];
  decisions: DecisionChange[];
  criteria: CriterionChange[];
  verdicts: VerdictChange[];
  texts: TextChange[];
  /** Ids of plans and items that only one of the runs has. */
  things: { only_before: string[]; only_now: string[] };
  prompts: PromptChange[];
  agents: { agent: string; before: Usage | null; now: Usage | null }[];
}

/** What is different in the newer of two runs. */
export function compareRuns(before: RunReading, now: RunReading): RunComparison {
  const idNow = idsNow(before, now);
  const steps = stepChanges(before, now);
  const decisions = decisionChanges(before, now, idNow);
  const verdicts = verdictChanges(before, now, idNow);
  const texts = textChanges(before, now);
  const prompts = promptChanges(before, now);
  const criteria = criterionChanges(before, now);
  const first = decisions.find(({ change }) => change === 'choice') ?? null;
  const [old, fresh] = [comparedRun(before), comparedRun(now)];
  const ends = ({ outcome, score }: ComparedRun) => JSON.stringify([outcome, score]);
  return {
    kind: 'runs',
    before: old,
    now: fresh,
    is_same:
      ends(old) === ends(fresh) &&
      !isOther(old.goal, fresh.goal) &&
      !isOther(old.context, fresh.context) &&
      prompts.length === 0 &&
      steps.every(({ how }) => how === 'the same' || how === 'unknown') &&
      [...decisions, ...verdicts, ...texts].every(
        ({ change }) => change === 'none' || change === 'unknown',
      ) &&
      criteria.every(({ match }) => match === 'the same'),
    is_itself: isItself(before, now),
    is_other_goal: isOther(old.goal, fresh.goal),
    first_step: steps.find(({ how }) => how !== 'the same' && how !== 'unknown') ?? null,
    first_decision: first && { ...first, followed: followed(first, [before, now], { decisions, verdicts }) },
    steps,
    decisions,
    criteria,
    verdicts,
    texts,
    things: lonelyThings(before, now),
    prompts,
    agents: paired(
      new Map(Object.entries(before.usage.agents)),
      new Map(Object.entries(now.usage.agents)),
    ).map(({ key, ...both }) => ({ agent: key, ...both })),
  };
}

function isItself(before: RunReading, now: RunReading): boolean {
  const idOf = ({ trace_id, run_id, run_attempt, has_content }: RunReading) =>
    `${trace_id} ${run_id} ${run_attempt} ${has_content}`;
  return before === now || (before.trace_id !== '' && idOf(before) === idOf(now));
}

function lonelyThings(before: RunReading, now: RunReading): RunComparison['things'] {
  const idsOf = ({ plans, items }: RunReading) => new Set([...plans, ...items].map(({ id }) => id));
  const [old, fresh] = [idsOf(before), idsOf(now)];
  return { only_before: [...old.difference(fresh)], only_now: [...fresh.difference(old)] };
}

/** What a trace does not tell is not another. */
export function isOther(before: string | null, now: string | null): boolean {
  return before !== null && now !== null && before !== now;
}

function comparedRun(reading: RunReading): ComparedRun {
  const { run_id, run_attempt, run_attempts, trace_id, context } = reading;
  const { started_ms, wall_ms, outcome, score, has_content, gaps } = reading;
  const asked = reading.calls.filter(({ is_replayed }) => !is_replayed);
  const { replayed, all } = reading.usage;
  return {
    run_id,
    run_attempt,
    run_attempts,
    trace_id,
    goal: reading.goal.value,
    context: context ?? (has_content && reading.steps.some(({ prompt }) => prompt.value) ? '' : null),
    started_ms,
    wall_ms,
    outcome,
    error: reading.error?.type ?? null,
    score,
    has_content,
    gaps,
    usage: all,
    replay:
      replayed === 0
        ? null
        : { given: replayed, asked: [...new Set(asked.map(({ key, agent }) => key ?? agent))] },
  };
}
