import { hash } from 'node:crypto';
import { offlineProvider } from '@agento/contracts';
import type { Answer } from './answer.ts';
import type { ChatRequest } from './chat-request.ts';
import { offlineModelName } from './names.ts';

/** A stated estimate, the same for the same text: one token per four bytes of UTF-8, rounded up. */
function tokensIn(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / 4);
}

function usageOf(chat: ChatRequest, answer: Answer) {
  const said = [
    answer.content,
    answer.refusal,
    ...(answer.tool_calls ?? []).map((call) => call.function.arguments),
  ];
  const prompt_tokens = chat.messages.reduce((sum, { content }) => sum + tokensIn(content), 0);
  const completion_tokens = said.reduce((sum, text) => sum + tokensIn(text ?? ''), 0);
  return { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens };
}

/** Id of the answer to a request, a hash of the request's text. */
export function completionId(text: string): string {
  return `chatcmpl-${hash('sha256', text).slice(0, 32)}`;
}

/** The first fields of every response body; `created` is the clock. */
function head(text: string, object: string) {
  return {
    id: completionId(text),
    object,
    created: Math.floor(Date.now() / 1000),
    model: offlineModelName,
    provider: offlineProvider,
    system_fingerprint: 'fp_agento_offline_1',
  };
}

/** The answer as a `chat.completion` object. */
export function completionOf(text: string, chat: ChatRequest, answer: Answer) {
  const { content, refusal = null, tool_calls, annotations, finish_reason } = answer;
  const message = {
    role: 'assistant',
    content,
    refusal,
    ...(tool_calls && { tool_calls }),
    ...(annotations && { annotations }),
  };
  return {
    ...head(text, 'chat.completion'),
    choices: [{ index: 0, message, logprobs: null, finish_reason }],
    usage: usageOf(chat, answer),
  };
}

const pieceLength = 120;

/** The answer as server-sent `chat.completion.chunk` events, ended by `[DONE]`. */
export function* chunksOf(text: string, chat: ChatRequest, answer: Answer): Generator<string> {
  const start = head(text, 'chat.completion.chunk');
  const event = (delta: object, finish_reason: string | null = null) =>
    `data: ${JSON.stringify({
      ...start,
      choices: [{ index: 0, delta, logprobs: null, finish_reason }],
      ...(chat.includeUsage && { usage: null }),
    })}\n\n`;
  yield event({ role: 'assistant', content: answer.content === null ? null : '' });
  const characters = [...(answer.content ?? '')];
  for (let at = 0; at < characters.length; at += pieceLength) {
    yield event({ content: characters.slice(at, at + pieceLength).join('') });
  }
  if (answer.refusal) yield event({ refusal: answer.refusal });
  if (answer.tool_calls)
    yield event({ tool_calls: answer.tool_calls.map((call, index) => ({ index, ...call })) });
  if (answer.annotations) yield event({ annotations: answer.annotations });
  yield event({}, answer.finish_reason);
  if (chat.includeUsage)
    yield `data: ${JSON.stringify({ ...start, choices: [], usage: usageOf(chat, answer) })}\n\n`;
  yield 'data: [DONE]\n\n';
}
