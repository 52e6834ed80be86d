import { setTimeout as delay } from 'node:timers/promises';
import {
  type Attributes,
  attribute,
  event,
  type ReceivedMessage,
  recordInputMessages,
  recordOutputMessage,
  recordPrompt,
  recordResponse,
  type Span,
  withSpan,
} from '@agento/tracing';
import OpenAI from 'openai';
import pLimit from 'p-limit';
import type { TSchema } from 'typebox';
import { Agent as HttpAgent, fetch as httpFetch } from 'undici';
import { linkedController } from './abort.ts';
import type { TokenUsage } from './cost.ts';
import { StepError, throwIfCancelled } from './errors.ts';
import type { ModelSettings } from './model-settings.ts';

export type ChatMessage = OpenAI.Chat.Completions.ChatCompletionMessageParam;
type ChatBody = OpenAI.Chat.Completions.ChatCompletionCreateParamsNonStreaming;
type Completion = OpenAI.Chat.Completions.ChatCompletion;

/** One call of a model. */
export interface ChatCall {
  model: string;
  messages: ChatMessage[];
  /** The answer's JSON schema, under the step's name; absent for free text. */
  schema?: { name: string; schema: TSchema };
  tools?: OpenAI.Chat.Completions.ChatCompletionTool[];
  /** Sent as they are, beside what every call has. */
  extra?: Partial<ChatBody>;
  /** Unique in the run, the same if the run is made again. */
  key: string;
  signal: AbortSignal;
  /** True for the call that shows the model what was wrong with its answer. */
  repair?: boolean;
  /** Record prompt and answer on the call's own span: every call of a step but its first. */
  ownRecord?: boolean;
}

export interface ChatAnswer {
  id: string;
  message: ReceivedMessage;
  /** The assistant message as it is sent back in a further call. */
  sent: ChatMessage;
  annotations: { title: string; url: string }[];
  model: string;
  provider: string;
  usage: TokenUsage;
  /** US dollars; null while the price is not known. */
  costUsd: number | null;
}

/** What the service counts of each model call. */
export interface ModelCall {
  model: string;
  outcome: 'ok' | 'failed';
  durationMs: number;
  usage: TokenUsage | null;
}

/** Asks models through an OpenAI-compatible endpoint; one a process. */
export interface ModelClient {
  settings: ModelSettings;
  chat(call: ChatCall): Promise<ChatAnswer>;
  /** Calls under way and waiting for their slot. */
  load(): { active: number; waiting: number };
  close(): Promise<void>;
}

const retryable = new Set([408, 409, 429]);
const longestDelayMs = 60_000;

/** Makes the client: time limit, retries and concurrency are set here, not inherited from a library. */
export function createModelClient(
  settings: ModelSettings,
  onCall: (call: ModelCall) => void = () => {},
): ModelClient {
  // Node's global fetch gives up on headers after 300 s; the limits that count are ours, on the whole call.
  const dispatcher = new HttpAgent({ headersTimeout: 0, bodyTimeout: 0, connections: settings.concurrency });
  const client = new OpenAI({
    apiKey: settings.apiKey,
    baseURL: settings.baseUrl,
    maxRetries: 0,
    timeout: settings.timeoutMs + 1_000,
    // An undici Agent works with undici's own fetch only.
    fetch: ((url: string, init: object) =>
      httpFetch(url, { ...init, dispatcher })) as unknown as typeof fetch,
  });
  const limit = pLimit(settings.concurrency);
  const endpoint = new URL(settings.baseUrl);
  /** Models whose endpoint has refused a JSON schema: asked in JSON mode from then on. */
  const withoutSchema = new Set<string>();

  /** One answer, within the time limit of a call and its retries. */
  async function complete(call: ChatCall, span: Span, body: ChatBody): Promise<Completion> {
    const { controller, unlink } = linkedController(call.signal);
    const timer = setTimeout(() => controller.abort(), settings.timeoutMs);
    try {
      return await completeWithRetries(span, body, controller.signal);
    } catch (error) {
      throwIfCancelled(call.signal);
      if (!controller.signal.aborted) throw error;
      throw new StepError('model_timeout', `The model did not answer within ${settings.timeoutMs} ms`);
    } finally {
      clearTimeout(timer);
      unlink();
    }
  }

  async function completeWithRetries(span: Span, body: ChatBody, signal: AbortSignal): Promise<Completion> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await client.chat.completions.create(body, { signal });
      } catch (error) {
        const status = error instanceof OpenAI.APIError ? error.status : undefined;
        if (!mayRetry(error, status) || attempt > settings.retries) throw asStepError(error, status, attempt);
        const delay_ms = retryDelay(error, attempt);
        span.addEvent(event.retry, {
          attempt,
          status: status ?? 0,
          // The client's errors are told apart by their class; all are named Error.
          error: error instanceof Error ? error.constructor.name : 'Error',
          delay_ms,
        });
        await delay(delay_ms, undefined, { signal });
      }
    }
  }

  async function ask(call: ChatCall, queuedAt: number): Promise<ChatAnswer> {
    throwIfCancelled(call.signal);
    const asJson = call.schema !== undefined && withoutSchema.has(call.model);
    // A prompt with the schema in it is not the one the step has recorded.
    const ownRecord = call.ownRecord === true || asJson;
    const messages =
      asJson && call.schema ? withSchemaInPrompt(call.messages, call.schema.schema) : call.messages;
    const body: ChatBody = {
      model: call.model,
      messages,
      ...(call.schema && {
        response_format: asJson
          ? { type: 'json_object' }
          : {
              type: 'json_schema',
              json_schema: { name: call.schema.name, strict: true, schema: { ...call.schema.schema } },
            },
      }),
      ...(call.tools && { tools: call.tools }),
      ...(settings.temperature !== null && { temperature: settings.temperature }),
      ...(settings.seed !== null && { seed: settings.seed }),
      ...(settings.maxTokens !== null && { max_completion_tokens: settings.maxTokens }),
      ...call.extra,
    };
    const began = performance.now();
    const attributes: Attributes = {
      [attribute.step]: 'model.call',
      [attribute.callKey]: call.key,
      [attribute.agentModel]: call.model,
      [attribute.genAiOperation]: 'chat',
      [attribute.genAiProvider]: settings.provider,
      [attribute.genAiRequestModel]: call.model,
      [attribute.genAiOutputType]: call.schema ? 'json' : 'text',
      [attribute.serverAddress]: endpoint.hostname,
      [attribute.serverPort]: Number(endpoint.port || (endpoint.protocol === 'https:' ? 443 : 80)),
      [attribute.queueMs]: Math.round(began - queuedAt),
      ...(settings.temperature !== null && { [attribute.genAiTemperature]: settings.temperature }),
      ...(settings.seed !== null && { [attribute.genAiSeed]: settings.seed }),
      ...(settings.maxTokens !== null && { [attribute.genAiMaxTokens]: settings.maxTokens }),
      ...(call.repair && { [attribute.repair]: true }),
    };
    return withSpan({ name: `chat ${call.model}`, client: true, attributes }, async (span) => {
      recordInputMessages(span, messages as Parameters<typeof recordInputMessages>[1]);
      if (ownRecord) {
        recordPrompt(span, messages as Parameters<typeof recordPrompt>[1]);
      }
      let usage: TokenUsage | null = null;
      try {
        const answer = readAnswer(await complete(call, span, body), settings);
        usage = answer.usage;
        recordAnswer(span, { ...call, ownRecord }, answer, settings);
        return answer;
      } finally {
        onCall({
          model: call.model,
          outcome: usage ? 'ok' : 'failed',
          durationMs: performance.now() - began,
          usage,
        });
      }
    });
  }

  return {
    settings,
    async chat(call) {
      const queuedAt = performance.now();
      try {
        return await limit(() => ask(call, queuedAt));
      } catch (error) {
        if (!call.schema || !refusesSchema(error)) throw error;
        withoutSchema.add(call.model);
        return await limit(() => ask(call, performance.now()));
      }
    },
    load: () => ({ active: limit.activeCount, waiting: limit.pendingCount }),
    close: () => dispatcher.destroy(),
  };
}

/** JSON mode: the endpoint only promises JSON, so the prompt has to say which. */
function withSchemaInPrompt(messages: ChatMessage[], schema: TSchema): ChatMessage[] {
  const [system, ...rest] = messages;
  const text = typeof system?.content === 'string' ? system.content : '';
  const told = `${text}\n\n## Schema\n\nAnswer with one JSON object that matches this JSON schema, and nothing else:\n\n${JSON.stringify(schema)}`;
  return [{ role: 'system', content: told }, ...rest];
}

/** An endpoint that does not know `json_schema` says so with 400 and names it. */
function refusesSchema(error: unknown): boolean {
  if (!(error instanceof StepError)) return false;
  const { cause } = error;
  return cause instanceof OpenAI.BadRequestError && /response_format|json_schema/i.test(cause.message);
}

function mayRetry(error: unknown, status: number | undefined): boolean {
  if (status !== undefined) return retryable.has(status) || status >= 500;
  return error instanceof OpenAI.APIConnectionError || isLostBody(error);
}

/** The connection broke while the answer was being read, or what came was cut. */
function isLostBody(error: unknown): boolean {
  return (
    error instanceof SyntaxError ||
    (error instanceof TypeError && /terminated|fetch failed/.test(error.message))
  );
}

function retryDelay(error: unknown, attempt: number): number {
  const header = error instanceof OpenAI.APIError ? error.headers?.get('retry-after') : null;
  const seconds = header
    ? Number.isNaN(Number(header))
      ? (Date.parse(header) - Date.now()) / 1000
      : Number(header)
    : Number.NaN;
  if (seconds >= 0) return Math.min(longestDelayMs, Math.ceil(seconds * 1000));
  // Half of the delay is random, so that calls which failed together do not come back together.
  return Math.round(500 * 2 ** (attempt - 1) * (0.5 + Math.random() / 2));
}

function asStepError(error: unknown, status: number | undefined, attempts: number): StepError {
  const tries = attempts > 1 ? ` after ${attempts} attempts` : '';
  if (status !== undefined && status < 500 && !retryable.has(status)) {
    return new StepError('model_rejected', `The model's endpoint refused the request with ${status}`, {
      cause: error,
    });
  }
  const what = status !== undefined ? `answered ${status}` : 'could not be reached or broke off its answer';
  return new StepError('model_unavailable', `The model's endpoint ${what}${tries}`, { cause: error });
}

/** What providers add to the OpenAI shape: reasoning text under either name, the real provider behind a gateway. */
interface Extras {
  provider?: unknown;
  reasoning?: unknown;
  reasoning_content?: unknown;
}

function readAnswer(completion: Completion, settings: ModelSettings): ChatAnswer {
  const choice = completion.choices?.[0];
  if (!choice?.message) {
    throw new StepError('model_unavailable', "The model's endpoint answered without a message");
  }
  const { message } = choice;
  const { provider } = completion as Extras;
  const { reasoning, reasoning_content } = message as Extras;
  const calls = (message.tool_calls ?? []).filter((call) => call.type === 'function');
  const thought = [reasoning, reasoning_content].find((text) => typeof text === 'string' && text !== '');
  const { usage } = completion;
  return {
    id: completion.id ?? '',
    message: {
      content: message.content ?? null,
      reasoning: typeof thought === 'string' ? thought : null,
      refusal: message.refusal ?? null,
      tool_calls: calls.map(({ id, function: { name, arguments: given } }) => ({
        id,
        function: { name, arguments: given },
      })),
      finish_reason: choice.finish_reason ?? 'stop',
    },
    sent: {
      role: 'assistant',
      content: message.content ?? null,
      ...(calls.length > 0 && { tool_calls: calls }),
    },
    annotations: (message.annotations ?? []).map(({ url_citation: { title, url } }) => ({ title, url })),
    model: completion.model ?? '',
    provider:
      !settings.providerFixed && typeof provider === 'string' && provider ? provider : settings.provider,
    costUsd: null,
    usage: {
      input: usage?.prompt_tokens ?? 0,
      output: usage?.completion_tokens ?? 0,
      ...optional('cacheRead', usage?.prompt_tokens_details?.cached_tokens),
      ...optional(
        'cacheCreation',
        (usage?.prompt_tokens_details as { cache_write_tokens?: number } | undefined)?.cache_write_tokens,
      ),
      ...optional('reasoning', usage?.completion_tokens_details?.reasoning_tokens),
    },
  };
}

function optional<K extends string>(key: K, value: number | null | undefined): { [P in K]?: number } {
  return typeof value === 'number' ? ({ [key]: value } as { [P in K]?: number }) : {};
}

function recordAnswer(span: Span, call: ChatCall, answer: ChatAnswer, settings: ModelSettings): void {
  const { usage } = answer;
  span.setAttributes({
    [attribute.genAiProvider]: answer.provider,
    [attribute.genAiResponseId]: answer.id,
    [attribute.genAiResponseModel]: answer.model || call.model,
    [attribute.genAiFinishReasons]: [answer.message.finish_reason],
    [attribute.genAiInputTokens]: usage.input,
    [attribute.genAiOutputTokens]: usage.output,
  });
  const set = (key: string, value: number | undefined) => {
    if (value !== undefined) span.setAttribute(key, value);
  };
  set(attribute.genAiCacheReadTokens, usage.cacheRead);
  set(attribute.genAiCacheCreationTokens, usage.cacheCreation);
  set(attribute.genAiReasoningTokens, usage.reasoning);
  const cost = settings.prices(answer.model || call.model, answer.provider, usage);
  if (cost) {
    answer.costUsd = cost.usd;
    span.setAttribute(attribute.costUsd, cost.usd);
    span.setAttribute(attribute.priceList, cost.list);
  }
  recordOutputMessage(span, answer.message);
  if (call.ownRecord) {
    const { content, refusal, tool_calls } = answer.message;
    recordResponse(span, content ?? refusal ?? JSON.stringify(tool_calls));
  }
}
