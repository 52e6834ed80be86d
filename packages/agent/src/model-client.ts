import { setTimeout as delay } from 'node:timers/promises';
import {
  type Attributes,
  attribute,
  event,
  recordInputMessages,
  recordPrompt,
  type Span,
  withSpan,
} from '@agento/tracing';
import OpenAI from 'openai';
import pLimit from 'p-limit';
import type { TSchema } from 'typebox';
import { linkedController } from './abort.ts';
import type { ChatAnswer, ChatBody, ChatCall, ChatMessage, Completion } from './chat.ts';
import { readAnswer, recordAnswer } from './chat-answer.ts';
import { asStepError, mayRetry, refusesSchema, retryDelay } from './chat-failures.ts';
import type { TokenUsage } from './cost.ts';
import { createModelDispatcher } from './dispatcher.ts';
import { StepError, throwIfCancelled } from './errors.ts';
import { createModelFetch, type ModelFetchOptions } from './model-fetch.ts';
import type { ModelSettings } from './model-settings.ts';

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

/** Makes the client: time limit, retries and concurrency are set here, not inherited from a library. */
export function createModelClient(
  settings: ModelSettings,
  onCall: (call: ModelCall) => void = () => {},
): ModelClient {
  const dispatcher = createModelDispatcher(settings.concurrency, settings.proxies);
  const client = new OpenAI({
    apiKey: settings.apiKey,
    baseURL: settings.baseUrl,
    maxRetries: 0,
    timeout: settings.timeoutMs + 1_000,
    fetch: createModelFetch(dispatcher),
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
        const fetchOptions: object = { cancel: signal } satisfies ModelFetchOptions;
        return await client.chat.completions.create(body, { fetchOptions });
      } catch (error) {
        if (signal.aborted) throw error;
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
