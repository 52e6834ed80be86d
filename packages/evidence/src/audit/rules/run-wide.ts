import type { RunReading, Step } from '../../reading/index.ts';
import { placeOf, type RunRule, textsOf } from '../rule.ts';
import { median } from '../statistics.ts';

const whole = (milliseconds: number) => `${Math.round(milliseconds)} ms`;
const leastSlow = 5_000;
const leastQueue = 1_000;
const timesMedian = 5;

export const callSlow: RunRule = {
  id: 'call.slow',
  severity: 'note',
  question: 'Which calls took five times as long as is usual in their run, and five seconds or more?',
  find: (reading) => {
    const usual = median(reading.calls.map(({ duration_ms }) => duration_ms));
    return reading.calls
      .filter(({ duration_ms }) => duration_ms >= leastSlow && duration_ms > usual * timesMedian)
      .map(({ step, span_id, agent, duration_ms }) => ({
        ...placeOf(reading, step || span_id),
        message: `${agent} took ${whole(duration_ms)}; the usual call took ${whole(usual)}.`,
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
    reading.calls
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
  question: 'Which calls read and wrote a quarter of all tokens of a run of five calls or more?',
  find: (reading) => {
    const tokens = (call: { input_tokens: number | null; output_tokens: number | null }) =>
      (call.input_tokens ?? 0) + (call.output_tokens ?? 0);
    const all = reading.calls.reduce((sum, call) => sum + tokens(call), 0);
    return reading.calls
      .filter((call) => reading.calls.length >= leastCalls && tokens(call) > all * dearShare)
      .map((call) => ({
        ...placeOf(reading, call.step || call.span_id),
        message: `${call.agent} used ${tokens(call)} of the ${all} tokens of the run.`,
        texts: [],
        measure: { name: 'tokens', value: tokens(call) },
      }));
  },
};

export const guardrailFired: RunRule = {
  id: 'guardrail.fired',
  severity: 'warning',
  question: 'Which guardrails fired?',
  taxonomy: 'AgentRx, guardrails triggered',
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
  find: (reading) =>
    reading.gaps.length === 0
      ? []
      : [
          {
            ...placeOf(reading, null),
            message: 'Evidence of this run is missing; what other rules do not find may be in it.',
            texts: reading.gaps.map((text) => ({ name: 'gap', text })),
            measure: { name: 'gaps', value: reading.gaps.length },
          },
        ],
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
  question: 'Which answers were refused, cut off, or had to be asked for again?',
  taxonomy: 'MAST FM-1.1, disobey task specification',
  find: (reading) => {
    const cut = new Set(
      reading.calls.filter(({ finish_reasons }) => finish_reasons.includes('length')).map(({ step }) => step),
    );
    return reading.steps
      .filter((step) => step.counts && (step.is_refused || step.is_repaired || cut.has(step.span_id)))
      .map((step) => ({
        ...placeOf(reading, step.span_id),
        message: `The answer of ${step.agent} in ${step.name} was ${
          step.is_refused ? 'refused' : cut.has(step.span_id) ? 'cut off' : 'asked for again'
        } (prompt ${step.prompt_version ?? 'of unknown version'}).`,
        texts: textsOf({ answer: unusableIn(reading, step), error: step.error?.message }),
        measure: { name: 'answers', value: 1 },
      }));
  },
};

/** The answer that was asked for again, not the one that came of it. */
function unusableIn({ calls }: RunReading, { span_id, answer }: Step): string | null {
  const own = calls.filter(({ step }) => step === span_id);
  const refused = own[own.findLastIndex(({ is_repair }) => is_repair) - 1];
  return (refused ?? { answer }).answer.value;
}
