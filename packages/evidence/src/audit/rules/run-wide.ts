import type { Call, RunReading, Step } from '../../reading/index.ts';
import { placeOf, type RunRule, textsOf } from '../rule.ts';
import { median } from '../statistics.ts';

const whole = (milliseconds: number) => `${Math.round(milliseconds)} ms`;
const leastSlow = 5_000;
const leastQueue = 1_000;
const timesMedian = 5;

/** Calls that were really made, not answered from a journal or a recorded run. */
const askedIn = ({ calls }: RunReading) =>
  calls.filter(({ is_replayed, from_journal }) => !is_replayed && !from_journal);

/** What lasts because of what is in it. */
const wholes = new Set(['plan_expansion', 'revision_implementation', 'revision_attempt']);

export const callSlow: RunRule = {
  id: 'call.slow',
  severity: 'note',
  question:
    'Which calls, and which steps that make none, took five seconds or more, and calls five times as long as is usual in their run?',
  find: (reading) => {
    const asked = askedIn(reading);
    const usual = median(asked.map(({ duration_ms }) => duration_ms));
    const slow = ({ duration_ms }: { duration_ms: number }) => duration_ms >= leastSlow;
    const calls = asked
      .filter((call) => slow(call) && call.duration_ms > usual * timesMedian)
      .map(({ step, span_id, agent, duration_ms }) => ({
        at: step || span_id,
        duration_ms,
        message: `${agent} took ${whole(duration_ms)}; the usual call took ${whole(usual)}.`,
      }));
    const steps = reading.steps
      .filter((step) => step.counts && step.calls.length === 0 && !wholes.has(step.name) && slow(step))
      .map(({ span_id, name, agent, duration_ms }) => ({
        at: span_id,
        duration_ms,
        message: `${name} of ${agent} took ${whole(duration_ms)} without a call.`,
      }));
    return [...calls, ...steps].map(({ at, duration_ms, message }) => ({
      ...placeOf(reading, at),
      message,
      texts: [],
      measure: { name: 'milliseconds', value: duration_ms },
    }));
  },
};

export const callQueued: RunRule = {
  id: 'call.queued',
  severity: 'note',
  question: 'Which calls waited for a slot for a second or more, and longer than for their answer?',
  find: (reading) =>
    askedIn(reading)
      .filter(({ queue_ms, duration_ms }) => (queue_ms ?? 0) >= leastQueue && (queue_ms ?? 0) > duration_ms)
      .map(({ step, span_id, agent, queue_ms, duration_ms }) => ({
        ...placeOf(reading, step || span_id),
        message: `${agent} waited ${whole(queue_ms ?? 0)} for its slot, and ${whole(duration_ms)} for the answer.`,
        texts: [],
        measure: { name: 'milliseconds', value: queue_ms ?? 0 },
      })),
};

const leastCalls = 5;
const dearShare = 0.25;

export const callDear: RunRule = {
  id: 'call.dear',
  severity: 'note',
  question: 'Which calls took a quarter of all tokens, or of the money, of a run of five calls or more?',
  find: (reading) => {
    const asked = askedIn(reading);
    if (asked.length < leastCalls) return [];
    const tokensOf = (call: Call) => (call.input_tokens ?? 0) + (call.output_tokens ?? 0);
    const costOf = (call: Call) => call.cost_usd ?? 0;
    const sum = (of: (call: Call) => number) => asked.reduce((all, call) => all + of(call), 0);
    const [tokens, cost] = [sum(tokensOf), sum(costOf)];
    return asked.flatMap((call) => {
      const isOfTokens = tokensOf(call) > tokens * dearShare;
      // What is not priced may have cost more.
      const isOfMoney = asked.every(({ cost_usd }) => cost_usd !== null) && costOf(call) > cost * dearShare;
      if (!isOfTokens && !isOfMoney) return [];
      const used = isOfTokens
        ? `${tokensOf(call)} of the ${tokens} tokens`
        : `$${costOf(call).toFixed(4)} of the $${cost.toFixed(4)}`;
      return {
        ...placeOf(reading, call.step || call.span_id),
        message: `${call.agent} used ${used} of the run.`,
        texts: [],
        measure: isOfTokens
          ? { name: 'tokens', value: tokensOf(call) }
          : { name: 'US dollars', value: costOf(call) },
      };
    });
  },
};

export const guardrailFired: RunRule = {
  id: 'guardrail.fired',
  severity: 'warning',
  question: 'Which guardrails fired?',
  find: (reading) =>
    reading.guardrails
      .filter(({ passed }) => passed === false)
      .map(({ span_id, name, module, problems }) => ({
        ...placeOf(reading, span_id),
        message: `Guardrail ${name} of module ${module} fired.`,
        texts: problems.map((text) => ({ name: 'problem', text })),
        measure: { name: 'problems', value: problems.length },
      })),
};

export const evidenceIncomplete: RunRule = {
  id: 'evidence.incomplete',
  severity: 'warning',
  question: 'Of which runs is evidence missing?',
  find: (reading) => {
    const shed = reading.shed.map((span) => `span ${span} was too large and shed texts`);
    const gaps = [...reading.gaps, ...shed];
    if (gaps.length === 0) return [];
    return [
      {
        ...placeOf(reading, null),
        message: 'Evidence of this run is missing; what other rules do not find may be in it.',
        texts: gaps.map((text) => ({ name: 'gap', text })),
        measure: { name: 'gaps', value: gaps.length },
      },
    ];
  },
};

export const evidenceContentOff: RunRule = {
  id: 'evidence.content_off',
  severity: 'note',
  question: 'Which runs were recorded without their texts?',
  find: (reading) =>
    reading.has_content
      ? []
      : [
          {
            ...placeOf(reading, null),
            message: 'Content was switched off: rules that compare texts had nothing to compare.',
            texts: [],
            measure: { name: 'runs', value: 1 },
          },
        ],
};

export const answerUnusable: RunRule = {
  id: 'answer.unusable',
  severity: 'warning',
  question: 'Which answers were refused, cut off, of no use, or had to be asked for again?',
  taxonomy: 'MAST FM-1.1, disobey task specification',
  find: (reading) => {
    const cut = cutIn(reading);
    return reading.steps.flatMap((step) => {
      const how = howUnusable(step, cut);
      if (!step.counts || how === null) return [];
      return {
        ...placeOf(reading, step.span_id),
        message: `The answer of ${step.agent} in ${step.name} was ${how} (prompt ${step.prompt_version ?? 'of unknown version'}).`,
        texts: textsOf({ answer: unusableIn(reading, step), error: step.error?.message }),
        measure: { name: 'answers', value: 1 },
      };
    });
  },
};

/** Steps with an answer that came to its limit of tokens. */
export function cutIn({ calls }: RunReading): Set<string> {
  return new Set(
    calls.filter(({ finish_reasons }) => finish_reasons.includes('length')).map(({ step }) => step),
  );
}

/** What was wrong with a step's answer, in words; null for one that could be used, and where none came. */
export function howUnusable(step: Step, cut: Set<string>): string | null {
  if (step.is_refused) return 'refused';
  if (cut.has(step.span_id)) return 'cut off';
  if (step.error?.type === 'answer_invalid') return 'of no use';
  if (step.error?.type === 'guardrail_blocked') return 'blocked by a guardrail';
  return step.is_repaired ? 'asked for again' : null;
}

/** The answer that was asked for again, not the one that came of it. */
function unusableIn({ calls }: RunReading, { span_id, answer }: Step): string | null {
  const own = calls.filter(({ step }) => step === span_id);
  const refused = own[own.findLastIndex(({ is_repair }) => is_repair) - 1];
  return (refused ?? { answer }).answer.value;
}
