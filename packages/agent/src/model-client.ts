import {
  type Attributes,
  attribute,
  recordInputMessages,
  recordPrompt,
  referenceOf,
  type SpanReference,
  withSpan,
} from '@agento/tracing';
import { type EndedOperation, withMeasuredSpan } from '@agento/tracing/metrics';
import OpenAI from 'openai';
import { responseFormat, schemaKind, withSchemaInPrompt } from './answer-schema.ts';
import { createAttempts } from './attempts.ts';
import type { ChatAnswer, ChatBody, ChatCall } from './chat.ts';
import { readAnswer, recordAnswer } from './chat-answer.ts';
import { failureOf } from './chat-failures.ts';
import { type CircuitState, createCircuit } from './circuit.ts';
import type { TokenUsage } from './cost.ts';
import { createDialects, type Dialect, limitIn, stepDown } from './dialects.ts';
import { createModelDispatcher } from './dispatcher.ts';
import { endpointOptions } from './endpoint.ts';
import { throwIfCancelled } from './errors.ts';
import { requestHashOf, shownHashOf } from './journal.ts';
import { createModelFetch } from './model-fetch.ts';
import type { CallSettings, ModelSettings } from './model-settings.ts';
import { isLong, nextTurn } from './recorded-text.ts';
import type { Said } from './refusals.ts';
import { fromReplayed } from './replayed-answer.ts';
import { createSlots, type Slot } from './slots.ts';

/** What the service counts of each model call. */
export interface ModelCall {
  model: string;
  outcome: 'ok' | 'failed';
  durationMs: number;
  usage: TokenUsage | null;
  /** The same as an operation of the GenAI conventions. */
  operation: EndedOperation;
}

/** How the endpoint is being asked. */
export interface ModelLoad {
  /** Calls under way. */
  active: number;
  /** Calls waiting for their slot. */
  waiting: number;
  /** Whether the endpoint is asked at all; see Circuit. */
  circuit: CircuitState;
}

/** Asks models through an OpenAI-compatible endpoint; one a process. */
export interface ModelClient {
  settings: ModelSettings;
  chat(call: ChatCall): Promise<ChatAnswer>;
  load(): ModelLoad;
  close(): Promise<void>;
}

/**
 * Most tokens of an answer, where neither AGENTO_MAX_TOKENS nor its step says. Without a limit a small model that has
 * lost its way writes until its context is full: minutes, while others wait for its slot. It is roomy, since a model's
 * hidden reasoning counts against it: what an answer needs itself is a few hundred tokens.
 */
const usualMaxTokens = 8_192;

const longestTimer = 2 ** 31 - 1;

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
    // The client's own limit would count what a call waits for at the endpoint behind others of ours.
    timeout: longestTimer,
    fetch: createModelFetch(dispatcher, settings.maxAnswerBytes),
  });
  const slots = createSlots(settings.concurrency);
  const circuit = createCircuit();
  const complete = createAttempts(client, settings, slots, circuit);
  const endpoint = new URL(settings.baseUrl);
  const dialects = createDialects(settings.callSchema ? 'call_schema' : 'json_schema');
  const settingsOf = (call: ChatCall): CallSettings => ({ ...settings, ...call.settings });
  const saidBy = (call: ChatCall): Said => {
    const { maxTokens } = settingsOf(call);
    return {
      format: call.schema !== undefined,
      tokens: maxTokens ?? call.maxTokens ?? usualMaxTokens,
      tokensSet: maxTokens !== null,
    };
  };

  /** An answer that was paid for is not lost because it could not be counted. */
  function count(made: ModelCall): void {
    try {
      onCall(made);
    } catch (error) {
      process.emitWarning(error instanceof Error ? error : String(error));
    }
  }

  async function ask(
    call: ChatCall & { requestHash: string },
    dialect: Dialect,
    slot: Slot,
    queuedAt: number,
  ): Promise<ChatAnswer> {
    throwIfCancelled(call.signal);
    const asked = schemaKind(dialect);
    const inPrompt = asked === 'prompt' ? call.schema : undefined;
    const tokenLimit = limitIn(dialect, saidBy(call));
    // A prompt with the schema in it is not the one the step has recorded.
    const ownRecord = call.ownRecord === true || inPrompt !== undefined;
    const messages = inPrompt ? withSchemaInPrompt(call.messages, inPrompt.schema) : call.messages;
    const { temperature, seed } = settingsOf(call);
    const body: ChatBody = {
      model: call.model,
      messages,
      ...(call.schema && responseFormat(dialect, call.schema)),
      ...(call.tools && { tools: call.tools }),
      ...(temperature !== null && { temperature }),
      ...(seed !== null && { seed }),
      ...(tokenLimit !== null && { [dialect.tokenLimit]: tokenLimit }),
      ...call.extra,
    };
    const began = performance.now();
    const attributes: Attributes = {
      ...attributesOf(call, tokenLimit),
      [attribute.queueMs]: Math.round(began - queuedAt),
      ...(call.schema && { [attribute.llmSchema]: asked }),
    };
    let answered: ChatAnswer | null = null;
    const ended = (operation: EndedOperation) => count(callOf(call.model, operation, answered));
    return withMeasuredSpan({ name: `chat ${call.model}`, client: true, attributes }, ended, async (span) => {
      recordInputMessages(span, messages as Parameters<typeof recordInputMessages>[1]);
      if (ownRecord) {
        recordPrompt(span, messages as Parameters<typeof recordPrompt>[1]);
      }
      const { signal } = call;
      const isLast = (error: unknown) => stepDown(dialect, failureOf(error), saidBy(call)) !== null;
      const completion = await complete({ span, slot, signal, body, isLast });
      const answer = readAnswer(completion, call, settings, tokenLimit);
      answered = answer;
      const content = answer.message.content ?? '';
      if (isLong(content)) await nextTurn();
      recordAnswer(span, { ...call, ownRecord }, answer, settings);
      if (isLong(content)) await nextTurn();
      const { key, requestHash } = call;
      await call.journal.record({
        key,
        requestHash,
        answer,
        span: referenceOf(span),
        recordedAt: Date.now(),
      });
      return answer;
    });
  }

  /** The span of a call that was answered before: in an earlier execution, whose own a kill may have taken, or in another run. */
  function recall(
    call: ChatCall,
    answer: ChatAnswer,
    [mark, relationship, madeBy]: [mark: string, relationship: string, madeBy: SpanReference],
  ): Promise<ChatAnswer> {
    const attributes = {
      ...attributesOf(call, answer.tokenLimit),
      [mark]: true,
      [attribute.queueMs]: 0,
    };
    const links = [{ to: madeBy, relationship }];
    return withSpan({ name: `chat ${call.model}`, client: true, attributes, links }, async (span) => {
      recordInputMessages(span, call.messages as Parameters<typeof recordInputMessages>[1]);
      if (call.ownRecord) recordPrompt(span, call.messages as Parameters<typeof recordPrompt>[1]);
      recordAnswer(span, call, answer, settings);
      return answer;
    });
  }

  /** What is known of a call before it is made. */
  function attributesOf(call: ChatCall, tokenLimit: number | null): Attributes {
    const { temperature, seed } = settingsOf(call);
    return {
      [attribute.step]: 'model.call',
      [attribute.callKey]: call.key,
      [attribute.agentModel]: call.model,
      [attribute.genAiOperation]: 'chat',
      [attribute.genAiProvider]: settings.provider,
      [attribute.genAiRequestModel]: call.model,
      [attribute.genAiOutputType]: call.schema ? 'json' : 'text',
      ...(call.prompt && {
        [attribute.genAiPromptName]: call.prompt.name,
        [attribute.genAiPromptVersion]: call.prompt.version,
      }),
      ...(call.tools && { [attribute.genAiToolDefinitions]: definitionsOf(call.tools) }),
      [attribute.serverAddress]: endpoint.hostname,
      [attribute.serverPort]: Number(endpoint.port || (endpoint.protocol === 'https:' ? 443 : 80)),
      ...(temperature !== null && { [attribute.genAiTemperature]: temperature }),
      ...(seed !== null && { [attribute.genAiSeed]: seed }),
      ...(tokenLimit !== null && { [attribute.genAiMaxTokens]: tokenLimit }),
      ...(call.repair && { [attribute.repair]: true }),
    };
  }

  return {
    settings,
    async chat(call) {
      throwIfCancelled(call.signal);
      const requestHash = requestHashOf(call, settingsOf(call));
      const hashes = () => [requestHash, shownHashOf(call, settingsOf(call))];
      const replayed = call.journal.replay?.(call.key, hashes);
      if (replayed) {
        // It counts as no call: nobody is asked for it, in this run or in an earlier execution of it.
        const answer = fromReplayed(replayed.answer, call, settings);
        return recall(call, answer, [attribute.replayed, 'replayed_from', replayed.span]);
      }
      const recorded = call.journal.recall(call.key, requestHash);
      if (recorded) {
        call.begin();
        return recall(call, recorded.answer, [attribute.journal, 'recorded_by', recorded.span]);
      }
      circuit.check();
      let queuedAt = performance.now();
      const { model, signal } = call;
      return slots.run({ group: groupOf(call), signal }, async (slot) => {
        await call.journal.permit();
        call.begin();
        return circuit.run(() =>
          dialects.speak({ model, signal, said: saidBy(call) }, (dialect) =>
            ask({ ...call, requestHash }, dialect, slot, queuedAt).finally(() => {
              queuedAt = performance.now();
            }),
          ),
        );
      });
    },
    load: () => ({ ...slots.load(), circuit: circuit.state() }),
    close: () => dispatcher.destroy(),
  };
}

/** @param answer null: there was none */
function callOf(model: string, operation: EndedOperation, answer: ChatAnswer | null): ModelCall {
  const durationMs = operation.seconds * 1_000;
  if (!answer) return { model, outcome: 'failed', durationMs, usage: null, operation };
  const attributes = { ...operation.attributes, [attribute.genAiResponseModel]: answer.model };
  return {
    model,
    outcome: 'ok',
    durationMs,
    usage: answer.usage,
    operation: { ...operation, attributes, tokens: answer.usage },
  };
}

/** What the convention requires of each: descriptions and parameters are the same in every call, and large. */
function definitionsOf(tools: NonNullable<ChatCall['tools']>): string {
  return JSON.stringify(tools.map(({ type, function: { name } }) => ({ type, name })));
}

/** Calls of one run whose prompts begin alike: they differ in the last part of their keys, such as the criterion. */
function groupOf({ runId, key }: ChatCall): string {
  const first = key.replace(/\/call-\d+$/, '');
  return `${runId}/${first.slice(0, first.lastIndexOf('/'))}`;
}
