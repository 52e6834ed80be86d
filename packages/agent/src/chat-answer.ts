import { matches } from '@agento/contracts';
import { attribute, partsOf, recordOutputMessage, recordResponse, type Span } from '@agento/tracing';
import type { ChatAnswer, ChatCall } from './chat.ts';
import { EndpointFailure, type Fault } from './chat-failures.ts';
import { Completion, FailedChoices, maxOthers, Part, type ReceivedChoice, type Texts } from './completion.ts';
import { readError, type ServerError, statusOf } from './endpoint-error.ts';
import type { ModelSettings } from './model-settings.ts';
import { pick } from './pick.ts';
import { readJson, TooComplex } from './read-json.ts';
import { recordedText } from './recorded-text.ts';
import { type Found, findAnswer } from './recover.ts';

/**
 * The completion in the body of an answer with 2xx, whatever its content type says. Nothing behind this meets a
 * shape that was not checked.
 *
 * @throws EndpointFailure where it is none
 */
export function readCompletion(body: string, headers: Headers): Completion {
  const failure = (fault: Fault, status = 502, said?: ServerError) =>
    new EndpointFailure(fault, status, { headers, said: said ?? { words: body.slice(0, 4_096), codes: [] } });
  if (body.trim() === '') throw failure('empty');
  let value: unknown;
  try {
    value = readJson(body.replace(/^\ufeff/, ''));
  } catch (error) {
    if (error instanceof TooComplex) throw failure('too_complex');
    if (/^\s*</.test(body)) throw failure('html');
    throw failure(/^\s*(data|event|id|retry)?:/.test(body) ? 'events' : 'not_json');
  }
  const completion = pick(Completion, value);
  if (completion?.choices[0]) return completion;
  // OpenRouter gives an error to the choice it belongs to.
  const [choice] = pick(FailedChoices, value)?.choices ?? [];
  const error = readError(value) ?? readError(choice);
  if (error) throw failure('error', statusOf(error), error);
  throw failure('no_message');
}

/** @param tokenLimit the limit that was sent; null: none */
export function readAnswer(
  completion: Completion,
  call: ChatCall,
  settings: ModelSettings,
  tokenLimit: number | null,
): ChatAnswer {
  const [choice] = completion.choices as [ReceivedChoice];
  const { message, finish_reason = 'stop' } = choice;
  const { text, reasoning, refusal, others, isPlain } = readContent(message);
  const offered = new Set(call.tools?.map((tool) => tool.function.name));
  const received = message.tool_calls ?? [];
  const calls = received.filter(({ function: { name } }) => offered.has(name));
  const { usage, provider, model = call.model } = completion;
  const json = call.schema ? jsonOf(call.schema.schema) : null;

  function jsonOf(schema: NonNullable<ChatCall['schema']>['schema']): Found {
    const isCut = finish_reason === 'length';
    const fits = (value: unknown) => matches(schema, value);
    const found = findAnswer(text ?? '', fits, isCut);
    if ('value' in found) {
      const how = [
        ...(isPlain ? [] : ['parts']),
        ...found.recovered,
        ...(calls.length < received.length ? ['tool_calls_ignored'] : []),
      ];
      return { value: found.value, recovered: how };
    }
    // Some servers take all that a model writes for its reasoning; what was cut off there never came to an answer.
    const thought =
      reasoning !== null && !isCut && calls.length === 0 ? findAnswer(reasoning, fits, false) : null;
    const isUsable = thought && 'value' in thought && (fits(thought.value) || !text?.trim());
    return isUsable ? { ...thought, recovered: ['reasoning_content', ...thought.recovered] } : found;
  }

  return {
    id: completion.id ?? '',
    message: {
      content: text === null ? null : recordedText(text),
      reasoning: reasoning === null ? null : recordedText(reasoning),
      refusal: refusal === null ? null : recordedText(refusal),
      tool_calls: withIds(calls),
      finish_reason,
      ...(others.length > 0 && { others }),
    },
    json,
    annotations: (message.annotations ?? []).map(({ url_citation: { title = '', url } }) => ({ title, url })),
    model,
    provider: (settings.providerFixed ? undefined : provider) ?? settings.provider,
    costUsd: null,
    tokenLimit,
    usage: {
      input: usage?.prompt_tokens ?? null,
      output: usage?.completion_tokens ?? null,
      ...optional('cacheRead', usage?.prompt_tokens_details?.cached_tokens),
      ...optional('cacheCreation', usage?.prompt_tokens_details?.cache_write_tokens),
      ...optional('reasoning', usage?.completion_tokens_details?.reasoning_tokens),
    },
  };
}

function optional<K extends string>(key: K, value: number | undefined): { [P in K]?: number } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: number });
}

/** A message's text, reasoning and refusal, in whichever form they came. */
function readContent(message: ReceivedChoice['message']) {
  const { content, reasoning, reasoning_content, refusal, images = [], audio } = message;
  const others: unknown[] = [...images, ...(audio ? [{ type: 'audio', audio }] : [])];
  const thought = reasoning_content ?? reasoning ?? null;
  if (content === undefined || typeof content === 'string') {
    const text = content ?? null;
    return { text, reasoning: thought, refusal: refusal ?? null, others: partsOf(others), isPlain: true };
  }
  // An object with a type is a part of such a list; one without is the answer, as some servers give it: parsed.
  const single = (value: object) =>
    ('type' in value ? pick(Part, value) : undefined) ?? JSON.stringify(value);
  const parts = Array.isArray(content) ? content : [single(content)];
  const [texts, thoughts]: [string[], string[]] = [[], []];
  let refused = refusal ?? null;
  for (const entry of parts) {
    const part = pick(Part, entry);
    if (part === undefined) others.push(entry);
    else if (typeof part === 'string') texts.push(part);
    else if ('thinking' in part) thoughts.push(joined(part.thinking));
    else if ('reasoning' in part) thoughts.push(joined(part.reasoning));
    else if ('refusal' in part) refused ??= part.refusal;
    else if (/think|reason/.test(part.type ?? '')) thoughts.push(part.text);
    else texts.push(part.text);
  }
  return {
    text: texts.length > 0 ? texts.join('') : null,
    reasoning: thought ?? (thoughts.join('\n') || null),
    refusal: refused,
    others: partsOf(others.slice(0, maxOthers)),
    isPlain: false,
  };
}

function joined(texts: string | Texts): string {
  if (typeof texts === 'string') return texts;
  return texts.map((entry) => (typeof entry === 'string' ? entry : entry.text)).join('\n');
}

/** Most characters of a tool call's arguments; they hold a question. */
const mostArguments = 16_384;

/** Each call with its arguments as text and an id of its own: its result is matched by that. */
function withIds(calls: NonNullable<ReceivedChoice['message']['tool_calls']>) {
  const used = new Set<string>();
  return calls.map(({ id, function: { name, arguments: given = '{}' } }, index) => {
    const own = id !== undefined && !used.has(id) ? id : `call_${index + 1}`;
    used.add(own);
    const text = typeof given === 'string' ? given : JSON.stringify(given);
    return { id: own, function: { name, arguments: text.slice(0, mostArguments) } };
  });
}

export function recordAnswer(span: Span, call: ChatCall, answer: ChatAnswer, settings: ModelSettings): void {
  const { usage, json } = answer;
  span.setAttributes({
    [attribute.genAiProvider]: answer.provider,
    [attribute.genAiResponseModel]: answer.model,
    [attribute.genAiFinishReasons]: [answer.message.finish_reason],
  });
  const set = (key: string, value: string | number | string[] | null | undefined) => {
    if (value !== undefined && value !== null && value !== '') span.setAttribute(key, value);
  };
  set(attribute.genAiResponseId, answer.id);
  set(attribute.genAiInputTokens, usage.input);
  set(attribute.genAiOutputTokens, usage.output);
  if (usage.input === null || usage.output === null) span.setAttribute(attribute.usageUnknown, true);
  set(attribute.genAiCacheReadTokens, usage.cacheRead);
  set(attribute.genAiCacheWriteTokens, usage.cacheCreation);
  set(attribute.genAiCacheCreationTokens, usage.cacheCreation);
  set(attribute.genAiReasoningTokens, usage.reasoning);
  if (json && 'value' in json && json.recovered.length > 0) set(attribute.answerRecovered, json.recovered);
  const cost = settings.prices(answer.model, answer.provider, usage);
  if (cost) {
    answer.costUsd = cost.usd;
    span.setAttribute(attribute.costUsd, cost.usd);
    span.setAttribute(attribute.priceList, cost.list);
  }
  const { content: text, others } = answer.message;
  const content = others ? [text ?? '', ...others] : text;
  recordOutputMessage(span, { ...answer.message, content });
  if (call.ownRecord) {
    const { content, refusal, tool_calls } = answer.message;
    recordResponse(span, content ?? refusal ?? JSON.stringify(tool_calls));
  }
}
