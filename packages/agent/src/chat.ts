import type { ReceivedMessage } from '@agento/tracing';
import type OpenAI from 'openai';
import type { TSchema } from 'typebox';
import type { TokenUsage } from './cost.ts';
import type { Found } from './recover.ts';

export type ChatMessage = OpenAI.Chat.Completions.ChatCompletionMessageParam;
export type ChatBody = OpenAI.Chat.Completions.ChatCompletionCreateParamsNonStreaming;

/** One call of a model. */
export interface ChatCall {
  model: string;
  messages: ChatMessage[];
  /**
   * The answer's JSON schema, under the step's name; absent for free text. `narrowed` makes the same for this call alone,
   * with its ids in it.
   */
  schema?: { name: string; schema: TSchema; narrowed: () => TSchema };
  /** Most tokens of the answer, where AGENTO_MAX_TOKENS says nothing. */
  maxTokens?: number;
  tools?: OpenAI.Chat.Completions.ChatCompletionFunctionTool[];
  /** Sent as they are, beside what every call has. */
  extra?: Partial<ChatBody>;
  runId: string;
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
  /** As it was received, but for tool calls that no request offered. */
  message: ReceivedMessage;
  /** The JSON that was asked for, and how it was found; null where free text was. */
  json: Found | null;
  annotations: { title: string; url: string }[];
  /** The model that answered; that of the call where the endpoint does not say. */
  model: string;
  provider: string;
  usage: TokenUsage;
  /** Most tokens that it was allowed; null where none was sent. */
  tokenLimit: number | null;
  /** US dollars; null while the price is not known. */
  costUsd: number | null;
}
