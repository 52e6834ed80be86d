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
import { linkedController } from './abort.ts';
import { responseFormat, schemaKind, withSchemaInPrompt } from './answer-schema.ts';
import type { ChatAnswer, ChatBody, ChatCall } from './chat.ts';
import { readAnswer, readCompletion, recordAnswer } from './chat-answer.ts';
import { asStepError, failureOf, mayRetry, retryDelay } from './chat-failures.ts';
import type { Completion } from './completion.ts';
import type { TokenUsage } from './cost.ts';
import { createDialects, type Dialect, limitIn, stepDown } from './dialects.ts';
import { createModelDispatcher } from './dispatcher.ts';
import { endpointOptions } from './endpoint.ts';
import { StepError, throwIfCancelled } from './errors.ts';
import { createModelFetch, type ModelFetchOptions } from './model-fetch.ts';
import type { ModelSettings } from './model-settings.ts';
import { isLong, nextTurn } from './recorded-text.ts';
import type { Said } from './refusals.ts';
import { tokenLimitOf } from './token-limits.ts';

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
    ...endpointOptions(settings),
    maxRetries: 0,
    timeout: settings.timeoutMs + 1_000,
    fetch: createModelFetch(dispatcher, settings.maxAnswerBytes),
  });
  const limit = pLimit(settings.concurrency);
  const endpoint = new URL(settings.baseUrl);
  const dialects = createDialects(settings.callSchema ? 'call_schema' : 'json_schema');
  const saidBy = ({ schema }: ChatCall): Said => ({
    format: schema !== undefined,
    tokens: settings.maxTokens ?? tokenLimitOf(schema?.name),
    tokensSet: settings.maxTokens !== null,
  });

  /** An answer that was paid for is not lost because it could not be counted. */
  function count(made: ModelCall): void {
    try {
      onCall(made);
    } catch (error) {
      process.emitWarning(error instanceof Error ? error : String(error));
    }
  }

  /** One answer, within the time limit of a call and its retries. */
  async function complete(call: ChatCall, dialect: Dialect, span: Span, body: ChatBody): Promise<Completion> {
    const { controller, unlink } = linkedController(call.signal);
    const timer = setTimeout(() => controller.abort(), settings.timeoutMs);
    const isLast = (error: unknown) => stepDown(dialect, failureOf(error), saidBy(call)) !== null;
    try {
      return await completeWithRetries(span, body, controller.signal, isLast);
    } catch (error) {
      throwIfCancelled(call.signal);
      if (!controller.signal.aborted) throw error;
      throw new StepError('model_timeout', `The model did not answer within ${settings.timeoutMs} ms`);
    } finally {
      clearTimeout(timer);
      unlink();
    }
  }

  async function completeWithRetries(
    span: Span,
    body: ChatBody,
    signal: AbortSignal,
    isLast: (error: unknown) => boolean,
  ): Promise<Completion> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        let text = '';
        const receive = (received: string) => {
          text = received;
        };
        const fetchOptions: object = { cancel: signal, receive } satisfies ModelFetchOptions;
        const { headers } = await client.chat.completions.create(body, { fetchOptions }).asResponse();
        const completion = readCompletion(text, headers);
        if (isLong(text)) await nextTurn();
        return completion;
      } catch (error) {
        if (signal.aborted) throw error;
        if (!mayRetry(error) || isLast(error) || attempt > settings.retries) {
          throw asStepError(error, attempt, settings.maxAnswerBytes);
        }
        const delay_ms = retryDelay(error, attempt);
        const failure = failureOf(error);
        span.addEvent(event.retry, {
          attempt,
          status: failure?.status ?? 0,
          // The client's errors are told apart by their class; all are named Error.
          error: failure?.name ?? (error instanceof Error ? error.constructor.name : 'Error'),
          delay_ms,
        });
        await delay(delay_ms, undefined, { signal });
      }
    }
  }

  async function ask(call: ChatCall, dialect: Dialect, queuedAt: number): Promise<ChatAnswer> {
    throwIfCancelled(call.signal);
    const asked = schemaKind(dialect);
    const inPrompt = asked === 'prompt' ? call.schema : undefined;
    const tokenLimit = limitIn(dialect, saidBy(call));
    // A prompt with the schema in it is not the one the step has recorded.
    const ownRecord = call.ownRecord === true || inPrompt !== undefined;
    const messages = inPrompt ? withSchemaInPrompt(call.messages, inPrompt.schema) : call.messages;
    const body: ChatBody = {
      model: call.model,
      messages,
      ...(call.schema && responseFormat(dialect, call.schema)),
      ...(call.tools && { tools: call.tools }),
      ...(settings.temperature !== null && { temperature: settings.temperature }),
      ...(settings.seed !== null && { seed: settings.seed }),
      ...(tokenLimit !== null && { [dialect.tokenLimit]: tokenLimit }),
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
      ...(tokenLimit !== null && { [attribute.genAiMaxTokens]: tokenLimit }),
      ...(call.schema && { [attribute.llmSchema]: asked }),
      ...(call.repair && { [attribute.repair]: true }),
    };
    return withSpan({ name: `chat ${call.model}`, client: true, attributes }, async (span) => {
      recordInputMessages(span, messages as Parameters<typeof recordInputMessages>[1]);
      if (ownRecord) {
        recordPrompt(span, messages as Parameters<typeof recordPrompt>[1]);
      }
      let usage: TokenUsage | null = null;
      try {
        const answer = readAnswer(await complete(call, dialect, span, body), call, settings, tokenLimit);
        usage = answer.usage;
        const content = answer.message.content ?? '';
        if (isLong(content)) await nextTurn();
        recordAnswer(span, { ...call, ownRecord }, answer, settings);
        if (isLong(content)) await nextTurn();
        return answer;
      } finally {
        count({
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
      let queuedAt = performance.now();
      const { model, signal } = call;
      return limit(() =>
        dialects.speak({ model, signal, said: saidBy(call) }, (dialect) =>
          ask(call, dialect, queuedAt).finally(() => {
            queuedAt = performance.now();
          }),
        ),
      );
    },
    load: () => ({ active: limit.activeCount, waiting: limit.pendingCount }),
    close: () => dispatcher.destroy(),
  };
}
