import { matches, redactedMark } from '@agento/contracts';
import type { RunReading, Step } from '@agento/evidence';
import { answering } from '@agento/guardrails';

/** A step of a run whose answer a guardrail can judge again. */
export interface AnsweredStep {
  step: Step;
  answer: unknown;
  input: unknown;
  /** Whether a secret was removed from the input: what is compared with it would be judged otherwise. */
  is_input_redacted: boolean;
}

/**
 * The steps of a run that a model answered, with answer and input as far as the trace holds them; `unread` are those
 * whose answer it does not hold as it was: cut ones, and those a secret was removed from, are among them. Steps that were made again, or failed, have no part in the result.
 */
export function answeredIn(reading: RunReading): { answered: AnsweredStep[]; unread: Step[] } {
  const answered: AnsweredStep[] = [];
  const unread: Step[] = [];
  for (const step of reading.steps) {
    if (!step.counts || step.ending !== 'done' || step.model === null) continue;
    const definition = answering.find(
      ({ module, step: known }) => module === step.module && known.name === step.name,
    );
    if (!definition) continue;
    const text = step.answer.state === 'whole' ? step.answer.value : null;
    const answer = jsonIn(isRedacted(text) ? null : text);
    if (step.input !== null && matches(definition.step.answer, answer)) {
      const is_input_redacted = isRedacted(JSON.stringify(step.input));
      answered.push({ step, answer, input: step.input, is_input_redacted });
    } else unread.push(step);
  }
  return { answered, unread };
}

const isRedacted = (text: string | null) => text?.includes(redactedMark) === true;

/** The JSON of an answer, which may stand in a fence or behind prose. */
function jsonIn(text: string | null): unknown {
  if (text === null) return undefined;
  for (const candidate of [text, text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1)]) {
    try {
      return JSON.parse(candidate);
    } catch {
      // The next one may be it.
    }
  }
  return undefined;
}
