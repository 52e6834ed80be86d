import {
  isFromJournal,
  isReplayed,
  millisecondsOf,
  numberOf,
  type RecordedSpan,
  textOf,
  textsOf,
} from '../model.ts';
import { type Failure, failureOf } from './failure.ts';
import { type Message, promptOf, thinkingOf } from './messages.ts';
import { type Recorded, recordedOf } from './recorded.ts';

/** A call of a model within a step. */
export interface Call {
  span_id: string;
  /** The span of its step. */
  step: string;
  /** `agento.call.key`: the same if the run is made again; null in older traces. */
  key: string | null;
  agent: string;
  model: string;
  /** The model that the answer names. */
  response_model: string | null;
  input_tokens: number | null;
  output_tokens: number | null;
  /** US dollars; null if the price is not known. */
  cost_usd: number | null;
  started_ms: number;
  duration_ms: number;
  /** How much of that its run waited for: its part of the critical path. */
  critical_ms: number;
  /** How long it waited for its slot before that. */
  queue_ms: number | null;
  finish_reasons: string[];
  /** It asks for a corrected answer. */
  is_repair: boolean;
  /** Its answer was recorded before its process died; nothing was asked. */
  from_journal: boolean;
  /** Its answer is a recorded run's; nothing was asked. */
  is_replayed: boolean;
  /** What the answer had to be taken out of: `fence`, `think`, `prose`, … */
  recovered: string[];
  /** How often it was tried again, and after which errors. */
  retries: { status: number | null; error: string | null; delay_ms: number | null }[];
  /** Of its own; the first call of a step is asked the step's prompt. */
  prompt: Recorded<Message[]>;
  answer: Recorded;
  thinking: string | null;
  error: Failure | null;
}

/** A call as its span tells it; `step`, whose prompt and answer it shares where it has none of its own. */
export function callOf(
  span: RecordedSpan,
  step: RecordedSpan | null,
  isFirst: boolean,
  isLast: boolean,
  critical_ms: number,
): Call {
  const { attributes } = span;
  const own = promptOf(span);
  const prompt = own.value === null && isFirst && step ? promptOf(step) : own;
  const answered = recordedOf(span, 'ai.response');
  const answer = answered.value === null && isLast && step ? recordedOf(step, 'ai.response') : answered;
  return {
    span_id: span.span_id,
    step: step?.span_id ?? '',
    key: textOf(attributes, 'agento.call.key') || null,
    agent: textOf(attributes, 'agent.name'),
    model: textOf(attributes, 'gen_ai.request.model'),
    response_model: textOf(attributes, 'gen_ai.response.model') || null,
    input_tokens: numberOf(attributes, 'gen_ai.usage.input_tokens'),
    output_tokens: numberOf(attributes, 'gen_ai.usage.output_tokens'),
    cost_usd: numberOf(attributes, 'agento.cost.usd'),
    started_ms: Number(span.start) / 1e6,
    duration_ms: millisecondsOf(span),
    critical_ms,
    queue_ms: numberOf(attributes, 'agento.llm.queue_ms'),
    finish_reasons: textsOf(attributes, 'gen_ai.response.finish_reasons'),
    is_repair: attributes['agento.repair'] === true,
    from_journal: isFromJournal(span),
    is_replayed: isReplayed(span),
    recovered: textsOf(attributes, 'agento.answer.recovered'),
    retries: span.events
      .filter(({ name }) => name === 'agento.llm.retry')
      .map((event) => ({
        status: numberOf(event.attributes, 'status'),
        error: textOf(event.attributes, 'error') || null,
        delay_ms: numberOf(event.attributes, 'delay_ms'),
      })),
    prompt,
    answer,
    thinking: thinkingOf(span, answer.value),
    error: failureOf(span),
  };
}

/**
 * The answer that a repair asks to correct: it stands in the repair's prompt alone, at most 65,536 characters of it. Null
 * if the call before had none, or a tool call.
 */
export function answerToRepair({ is_repair, prompt }: Call): Recorded | null {
  if (!is_repair) return null;
  const shown = prompt.value?.findLast(({ role }) => role === 'assistant')?.content;
  if (!shown || shown === '(no text)') return null;
  return { value: shown, state: shown.length > 65_536 ? 'cut' : 'whole' };
}
