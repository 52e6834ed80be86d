import type { Part, ReceivedMessage } from '@agento/tracing';
import type OpenAI from 'openai';
import type { TSchema } from 'typebox';
import type { TokenUsage } from './cost.ts';
import type { Journal } from './journal.ts';
import type { CallSettings } from './model-settings.ts';
import type { Found } from './recover.ts';

export type ChatMessage = OpenAI.Chat.Completions.ChatCompletionMessageParam;
export type ChatBody = OpenAI.Chat.Completions.ChatCompletionCreateParamsNonStreaming;

/** One call of a model. */
export interface ChatCall {
  model: string;
  messages: ChatMessage[];
  /**
   * The answer's JSON schema, under the step's name; absent for free text. `narrowed` gives the schema for this call
   * alone, containing its ids.
   */
  schema?: { name: string; schema: TSchema; narrowed: () => TSchema };
  /** The prompt it is made with; absent where it has none of its own, as a tool's call. */
  prompt?: { name: string; version: string };
  /** Token limit of the answer if AGENTO_MAX_TOKENS is unset. */
  maxTokens?: number;
  tools?: OpenAI.Chat.Completions.ChatCompletionFunctionTool[];
  /** In place of those that every call is sent with. */
  settings?: Partial<CallSettings>;
  /** Sent unchanged, in addition to what every call has. */
  extra?: Partial<ChatBody>;
  runId: string;
  /** Unique in the run, and the same if the run is repeated. */
  key: string;
  signal: AbortSignal;
  /** Where it is looked up before it is made, and recorded before its answer is used. */
  journal: Journal;
  /** Called when it is to be made or recalled; throws if the run may make no more. */
  begin(): void;
  /** True for the call that shows the model what was wrong with its answer. */
  repair?: boolean;
  /** Record prompt and answer on the call's own span: every call of a step except its first. */
  ownRecord?: boolean;
}

export interface ChatAnswer {
  id: string;
  /** As received, without tool calls that were not offered. */
  message: ReceivedMessage & {
    /** What it holds that is no text, such as an image, in the conventions' form: only recorded. */
    others?: Part[];
  };
  /** The requested JSON, and how it was found; null for free text. */
  json: Found | null;
  annotations: { title: string; url: string }[];
  /** The model that answered; the requested one if the endpoint does not say. */
  model: string;
  provider: string;
  usage: TokenUsage;
  /** The token limit that was sent; null if none was. */
  tokenLimit: number | null;
  /** US dollars; null if the price is unknown. */
  costUsd: number | null;
  /** Set where a recorded run had it: nobody was asked, and nothing is counted. */
  replayed?: true;
}
