import { facts, type Page, title } from '../page/page.ts';
import type { Call, RunReading } from '../reading/index.ts';
import { cost, duration, score, spanLabel, time, words } from './labels.ts';
import { pretty, promptBlocks, recordedBlock } from './step-page.ts';

/** One call of a model. */
export function callPage(call: Call, reading: RunReading): Page {
  return [
    title(call.key ?? `call ${call.span_id}`),
    facts(
      ['agent', call.agent],
      ['step', `${spanLabel(reading, call.step)}  ${call.step}`],
      ['span', call.span_id],
      [
        'when',
        words(
          time(call.started_ms),
          duration(call.duration_ms),
          call.queue_ms !== null && `waited ${call.queue_ms} ms before`,
        ),
      ],
      ['model', words(call.model, call.response_model !== call.model && call.response_model)],
      ['tokens', `${call.input_tokens ?? '?'} → ${call.output_tokens ?? '?'}, ${cost(call.cost_usd)}`],
      ['ended', words(...call.finish_reasons)],
      [
        'kind',
        words(
          call.is_repair && 'asks for a corrected answer',
          call.from_journal && 'answered from the journal',
          call.is_replayed && 'answered from a recorded run',
        ),
      ],
      ['recovered', words(...call.recovered)],
      [
        'retries',
        words(
          ...call.retries.map(
            ({ status, error, delay_ms }) => `${status ?? '?'} ${error ?? ''} after ${score(delay_ms)} ms`,
          ),
        ),
      ],
      ['error', call.error && `${call.error.type}: ${call.error.message}`],
    ),
    ...recordedBlock('Answer', call.answer, pretty),
    ...promptBlocks(call.prompt),
  ];
}
