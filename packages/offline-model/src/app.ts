import { setTimeout as delay } from 'node:timers/promises';
import { offlineProvider } from '@agento/contracts';
import { type Callers, edge, edgeOptions } from '@agento/edge';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { readAgentCall } from './agent-call.ts';
import { answerTo } from './answer.ts';
import { ApiError } from './api-error.ts';
import { readChatRequest } from './chat-request.ts';
import { chunksOf, completionId, completionOf } from './completion.ts';
import { Faults } from './faults.ts';
import { spoil } from './faulty.ts';
import { Ledger } from './ledger.ts';
import { offlineModelName } from './names.ts';

const bodyLimit = 64 * 1024 * 1024;

export interface OfflineOptions {
  /** How long after a request's arrival its answer is sent. */
  latencyMs: number;
  /** Whether every request is kept account of, at `/offline/ledger`. */
  keepsLedger: boolean;
}

/** The server without its socket. */
export function buildApp({ latencyMs, keepsLedger, ...callers }: OfflineOptions & Callers): FastifyInstance {
  const app: FastifyInstance = Fastify({
    ...edgeOptions(callers),
    logger: false,
    bodyLimit,
    forceCloseConnections: true,
  });
  void app.register(edge, callers);
  const faults = new Faults();
  const ledger = keepsLedger ? new Ledger() : null;
  const stats = { requests: 0, inFlight: 0, aborted: 0 };
  /** One for each request in flight; aborted when its caller leaves or the server closes. */
  const waiting = new Map<FastifyReply, AbortController>();

  // The raw text is needed (ids are its hash), and a body of any content type is tried as JSON.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, text, done) => done(null, text));
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    const known = error instanceof ApiError ? error : unexpected(error);
    return reply.code(known.status).headers(known.headers).send(known.body);
  });
  app.setNotFoundHandler((request, reply) => {
    const unknown = new ApiError(404, `Unknown request URL: ${request.method} ${request.url.slice(0, 200)}.`);
    return reply.code(404).send(unknown.body);
  });
  app.addHook('preClose', async () => {
    for (const left of waiting.values()) left.abort();
    waiting.clear();
  });

  /** Counts the request and detects that its caller left: the response then closes unfinished. */
  function watch(reply: FastifyReply, text: string): AbortSignal {
    const tell = ledger?.ask(completionId(text));
    const left = new AbortController();
    waiting.set(reply, left);
    stats.requests++;
    stats.inFlight++;
    reply.raw.once('close', () => {
      stats.inFlight--;
      tell?.(reply.raw.writableFinished ? 'answered' : 'aborted');
      // Requests that are no longer waiting were ended by the server.
      if (waiting.delete(reply) && !reply.raw.writableFinished) stats.aborted++;
      left.abort();
    });
    return left.signal;
  }

  async function complete(request: FastifyRequest, reply: FastifyReply) {
    const arrived = performance.now();
    const text = typeof request.body === 'string' ? request.body : '';
    const gone = watch(reply, text);
    const chat = readChatRequest(text);
    const call = readAgentCall(chat);
    const asked = call?.text ?? chat.messages.map(({ content }) => content).join('\n');
    const header = String(request.headers['x-offline-fault'] ?? '');
    const fault = faults.next(call?.name ?? '', asked, header, chat.format === 'json_schema');
    const answer = answerTo(chat, call);
    const wait = (fault?.kind === 'latency' ? fault.ms : latencyMs) - (performance.now() - arrived);
    // A caller that left needs no answer: the pause ends, and whatever is sent goes nowhere.
    if (wait > 0) await delay(wait, undefined, { signal: gone }).catch(() => undefined);
    if (gone.aborted) return reply.hijack();
    if (fault?.kind === 'stall') return reply.hijack();
    if (fault?.kind === 'close') {
      reply.hijack();
      waiting.delete(reply);
      reply.raw.destroy();
      return reply;
    }
    const sound = spoil(answer, fault);
    const type = chat.stream ? 'text/event-stream; charset=utf-8' : 'application/json; charset=utf-8';
    const body = chat.stream
      ? [...chunksOf(text, chat, sound)].join('')
      : JSON.stringify(completionOf(text, chat, sound));
    if (fault?.kind === 'stall-body') {
      reply.hijack();
      reply.raw.writeHead(200, { 'content-type': type });
      reply.raw.write(body.slice(0, Math.ceil(body.length / 2)));
      return reply;
    }
    return reply.type(type).send(body);
  }

  app.post('/v1/chat/completions', complete);
  app.get('/v1/models', () => ({ object: 'list', data: [model] }));
  app.get<{ Params: { id: string } }>('/v1/models/:id', ({ params }) => {
    if (params.id === offlineModelName) return model;
    throw new ApiError(404, `The model '${params.id.slice(0, 100)}' does not exist.`, {
      param: 'model',
      code: 'model_not_found',
    });
  });
  app.get('/livez', () => ({ status: 'ok', model: offlineModelName }));
  app.get('/offline/stats', () => stats);
  if (ledger) app.get('/offline/ledger', () => ledger.entries);
  return app;
}

const model = { id: offlineModelName, object: 'model', created: 1_760_000_000, owned_by: offlineProvider };

/** An error of Fastify's own keeps its status; anything else is an internal error. */
function unexpected(error: Error & { statusCode?: number }): ApiError {
  const status = error.statusCode ?? 500;
  if (status < 500) return new ApiError(status, error.message);
  return new ApiError(500, `The offline model failed: ${error.message}`, { type: 'server_error' });
}
