import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** What the scripted model does with one request; a plain string or object is an answer with that content. */
export interface Reply {
  /** The assistant's text; an object is written as JSON. */
  content?: string | object;
  /** Merged into the assistant's message: refusal, tool_calls, reasoning, annotations. */
  message?: object;
  finishReason?: string;
  /** Merged into the completion: model, usage, provider. */
  completion?: object;
  /** The response's body as it is, in place of a completion. */
  raw?: string | Buffer;
  /** Any other than 200 is answered with `error`. */
  status?: number;
  error?: object;
  headers?: Record<string, string>;
  delayMs?: number;
  /** `stall`: nothing comes. `stall-after-headers`: half of a body, then nothing. `cut`: half, then the connection breaks. */
  fault?: 'stall' | 'stall-after-headers' | 'cut';
}

export interface RequestBody {
  model: string;
  messages: { role: string; content: string; tool_call_id?: string; tool_calls?: unknown[] }[];
  response_format?: { type: string; json_schema?: { name: string; strict: boolean; schema: object } };
  tools?: { function: { name: string } }[];
  [option: string]: unknown;
}

/** `call` and `static`: a JSON schema of the call's own, which alone has lengths of texts in it, or the step's. */
export function formats(bodies: RequestBody[]): string[] {
  return bodies.map(({ response_format }) => {
    if (response_format?.type !== 'json_schema') return response_format?.type ?? 'none';
    return JSON.stringify(response_format).includes('maxLength') ? 'call' : 'static';
  });
}

export interface ScriptedModel {
  /** Base URL, with its /v1. */
  url: string;
  /** Every request's body, in the order they came. */
  bodies: RequestBody[];
  headers: IncomingHttpHeaders[];
  /** When each request came, in milliseconds of the process's clock. */
  times: number[];
  /** Requests whose client went away before it had its answer. */
  left(): number;
  /** Most requests that were open at once. */
  mostOpen(): number;
  close(): Promise<void>;
}

/** A real OpenAI-compatible server that answers as it was told: from a list, the last again and again, or by a function. */
export async function startScriptedModel(
  script: Reply[] | ((body: RequestBody) => Reply),
): Promise<ScriptedModel> {
  const bodies: RequestBody[] = [];
  const headers: IncomingHttpHeaders[] = [];
  const times: number[] = [];
  let [open, mostOpen, left] = [0, 0, 0];
  const server = createServer(async (request, response) => {
    times.push(performance.now());
    mostOpen = Math.max(mostOpen, ++open);
    response.once('close', () => {
      open -= 1;
      if (!response.writableFinished) left += 1;
    });
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString()) as RequestBody;
    bodies.push(body);
    headers.push(request.headers);
    const reply = typeof script === 'function' ? script(body) : (script[bodies.length - 1] ?? script.at(-1));
    if (reply) await answer(response, body, reply, bodies.length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    bodies,
    headers,
    times,
    left: () => left,
    mostOpen: () => mostOpen,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function answer(response: ServerResponse, body: RequestBody, reply: Reply, number: number) {
  if (reply.delayMs) await delay(reply.delayMs);
  if (reply.fault === 'stall') return;
  const status = reply.status ?? 200;
  const content = typeof reply.content === 'object' ? JSON.stringify(reply.content) : (reply.content ?? null);
  const completion = {
    id: `chatcmpl-${number}`,
    object: 'chat.completion',
    created: 1_750_000_000,
    model: `${body.model}-2026-01-01`,
    choices: [
      {
        index: 0,
        finish_reason: reply.finishReason ?? 'stop',
        message: { role: 'assistant', content, refusal: null, ...reply.message },
      },
    ],
    usage: { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 },
    ...reply.completion,
  };
  const text =
    reply.raw ??
    JSON.stringify(status === 200 ? completion : { error: { message: 'scripted', ...reply.error } });
  const type = reply.raw === undefined ? { 'content-type': 'application/json' } : {};
  response.writeHead(status, { ...type, ...reply.headers });
  if (!reply.fault) {
    response.end(text);
    return;
  }
  response.write(text.slice(0, text.length / 2));
  if (reply.fault === 'cut') setTimeout(() => response.destroy(), 20);
}
