import type { RunReading, Step } from '../reading/index.ts';
import { type Pair, paired, stepsByKey } from './align.ts';

/** How a step that asks a model went in the newer run; `unknown`: prompt or answer is not in a trace. */
export type How =
  | 'the same'
  | 'asked otherwise'
  | 'answered otherwise'
  | 'only before'
  | 'only now'
  | 'unknown';

export interface StepChange {
  /** `agento.call.key`. */
  key: string;
  before: string | null;
  now: string | null;
  how: How;
  /** What of the request is another: `prompt`, `model`, `input`. */
  asked: string[];
  /** Whether it gave another answer; null if a trace lacks one of them. */
  is_answer_other: boolean | null;
}

/** Every step that asks a model, of either run. */
export function stepChanges(before: RunReading, now: RunReading): StepChange[] {
  const [old, fresh] = [before, now].map((reading) => {
    const asking = [...stepsByKey(reading)].filter(([, step]) => step.calls.length > 0);
    return new Map(asking);
  });
  return paired(old ?? new Map<string, Step>(), fresh ?? new Map<string, Step>()).map(changeOf);
}

function changeOf({ key, before, now }: Pair<Step>): StepChange {
  const ends = { key, before: before?.span_id ?? null, now: now?.span_id ?? null };
  if (!before || !now) {
    return { ...ends, how: now ? 'only now' : 'only before', asked: [], is_answer_other: null };
  }
  const asked = otherIn(before, now);
  const answers = [before, now].map(({ answer }) => (answer.state === 'whole' ? answer.value : null));
  const is_answer_other = answers.includes(null) ? null : answers[0] !== answers[1];
  const isUnknown = is_answer_other === null || [before, now].some(({ prompt }) => prompt.state !== 'whole');
  const how: How =
    asked.length > 0
      ? 'asked otherwise'
      : is_answer_other
        ? 'answered otherwise'
        : isUnknown
          ? 'unknown'
          : 'the same';
  return { ...ends, how, asked, is_answer_other };
}

function otherIn(before: Step, now: Step): string[] {
  const system = (step: Step) => messagesOf(step, (role) => role === 'system');
  const rest = (step: Step) => messagesOf(step, (role) => role !== 'system');
  const differs = (of: (step: Step) => string | null) => {
    const [old, fresh] = [of(before), of(now)];
    return old !== null && fresh !== null && old !== fresh;
  };
  return [
    ...(differs(({ prompt_sha256 }) => prompt_sha256) || differs(system) ? ['prompt'] : []),
    ...(differs(({ model }) => model) ? ['model'] : []),
    ...(differs(rest) ? ['input'] : []),
  ];
}

function messagesOf({ prompt }: Step, isMeant: (role: string) => boolean): string | null {
  if (prompt.state !== 'whole' || prompt.value === null) return null;
  return JSON.stringify(prompt.value.filter(({ role }) => isMeant(role)));
}
