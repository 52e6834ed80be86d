import { type Call, callsOf, type Step, type Trace, textOf } from '@agento/evidence';
import { tableOfRuns, timeOfMs } from '../table.ts';

export const calls = tableOfRuns(
  'calls',
  'A call of a model',
  {
    span_id: ['VARCHAR', 'Its span'],
    step_span_id: ['VARCHAR', 'The span of its step'],
    key: ['VARCHAR', '`agento.call.key`: the same if the run is made again; null in older traces'],
    module: ['INTEGER', 'The module'],
    step: ['VARCHAR', 'The name of its step'],
    agent: ['VARCHAR', 'The agent'],
    item_id: ['VARCHAR', 'The item its step is about'],
    model: ['VARCHAR', 'The model that was asked'],
    response_model: ['VARCHAR', 'The model that its answer names'],
    prompt_version: ['VARCHAR', "The version of its step's prompt"],
    prompt_sha256: ['VARCHAR', "The hash of its step's prompt"],
    input_tokens: ['BIGINT', 'Tokens it was sent; null if unknown'],
    output_tokens: ['BIGINT', 'Tokens of its answer; null if unknown'],
    cost_usd: ['DOUBLE', 'US dollars; null if the price is unknown'],
    started: ['TIMESTAMP', 'When it began, UTC'],
    duration_ms: ['DOUBLE', 'How long it took, in milliseconds'],
    critical_ms: ['DOUBLE', 'How much of that its run waited for: its part of the critical path'],
    queue_ms: ['DOUBLE', 'How long it waited for its slot before that'],
    finish_reasons: ['VARCHAR[]', 'Why its answer ended'],
    is_repair: ['BOOLEAN', 'It asks for a corrected answer'],
    from_journal: ['BOOLEAN', 'Its answer was recorded before its process died; nothing was asked'],
    counts: ['BOOLEAN', 'It is in the sums of its run: each call that was needed, once'],
    in_vain: ['BOOLEAN', 'It was made again, since a process died before its answer was recorded'],
    retries: ['INTEGER', 'How often it was tried again within the call'],
    recovered: ['VARCHAR[]', 'What its answer had to be taken out of'],
    error_type: ['VARCHAR', '`error.type` of its failure'],
    error_message: ['VARCHAR', 'The message of its failure'],
    prompt: ['VARCHAR', 'What it was sent without the system prompt, which is that of `prompt_sha256`'],
    system_size: ['BIGINT', 'Bytes of that system prompt'],
    answer: ['VARCHAR', 'The answer, as received'],
    thinking: ['VARCHAR', 'What the model thought before it answered'],
  },
  ({ reading, isOwn }, trace) => {
    const stepBySpan = new Map(reading.steps.map((step) => [step.span_id, step]));
    const sums = sumsOf(reading.run_id, trace);
    return reading.calls
      .filter(({ span_id }) => isOwn(span_id))
      .map((call) => fieldsOf(call, stepBySpan.get(call.step), sums));
  },
);

function sumsOf(runId: string, { spans }: Trace) {
  const ids = (of: { span_id: string }[]) => new Set(of.map(({ span_id }) => span_id));
  const { needed, inVain } = callsOf(
    spans.filter(({ attributes }) => textOf(attributes, 'agento.run.id') === runId),
  );
  return { needed: ids(needed), inVain: ids(inVain) };
}

function fieldsOf(call: Call, step: Step | undefined, sums: ReturnType<typeof sumsOf>) {
  const shown = call.prompt.value?.filter(({ role }) => role !== 'system').map(({ content }) => content);
  return {
    span_id: call.span_id,
    step_span_id: call.step,
    key: call.key,
    module: step?.module ?? null,
    step: step?.name ?? null,
    agent: call.agent,
    item_id: step?.about.item_id ?? null,
    model: call.model,
    response_model: call.response_model,
    prompt_version: step?.prompt_version ?? null,
    prompt_sha256: step?.prompt_sha256 ?? null,
    input_tokens: call.input_tokens,
    output_tokens: call.output_tokens,
    cost_usd: call.cost_usd,
    started: timeOfMs(call.started_ms),
    duration_ms: call.duration_ms,
    critical_ms: call.critical_ms,
    queue_ms: call.queue_ms,
    finish_reasons: call.finish_reasons,
    is_repair: call.is_repair,
    from_journal: call.from_journal,
    counts: sums.needed.has(call.span_id),
    in_vain: sums.inVain.has(call.span_id),
    retries: call.retries.length,
    recovered: call.recovered,
    error_type: call.error?.type ?? null,
    error_message: call.error?.message ?? null,
    prompt: shown?.join('\n\n') ?? null,
    system_size: call.prompt.value ? Buffer.byteLength(systemOf(call)) : null,
    answer: call.answer.value,
    thinking: call.thinking,
  };
}

function systemOf({ prompt }: Call): string {
  return prompt.value?.find(({ role }) => role === 'system')?.content ?? '';
}
