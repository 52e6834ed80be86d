import type { AddressInfo } from 'node:net';
import { edge, edgeOptions } from '@agento/edge';
import Fastify, { type FastifyError, type FastifyReply, type FastifyRequest } from 'fastify';
import { bodyLimit, Refusal, readExport, unpack } from './body.ts';
import { divideByTrace } from './by-trace.ts';
import { ExportResponse, Status } from './otlp-messages.ts';
import { Slots } from './slots.ts';
import { TraceFiles } from './trace-files.ts';

export interface ReceiverSettings {
  host: string;
  /** TCP port; 0 takes a free one. */
  port: number;
  /** Host names it answers to beside loopback names and its own address. Default: none. */
  allowedHosts?: string[];
  /** Folder for `{trace_id}.jsonl`; made when it is absent. */
  directory: string;
}
export interface ReceiverCounts {
  /** Export requests that came, refused ones among them. */
  requests: number;
  /** Spans that stand in the files. */
  spans: number;
  /** Requests that were refused, in whole or in part. */
  refused: number;
}
export interface Receiver {
  /** `http://host:port`; exporters append /v1/traces. */
  url: string;
  port: number;
  counts(): ReceiverCounts;
  /** Takes no more requests, waits for those under way and for their writes. */
  close(): Promise<void>;
}

const protobufType = 'application/x-protobuf';
const jsonType = 'application/json';
/** Bodies held at once: with the body limit this bounds memory. What comes beside them waits unread. */
const mostAtOnce = 8;

const grpcCodes: Record<number, number> = { 400: 3, 404: 5, 413: 8, 415: 3, 503: 14 };

/**
 * Receives OTLP over HTTP (`POST /v1/traces`, protobuf and JSON, gzip) and keeps each trace as OTLP JSON lines
 * in `{directory}/{trace_id}.jsonl`. An answer of 200 means that the spans stand in their files. Rejects with a
 * clear message when the port is in use.
 */
export async function startReceiver({
  host,
  port,
  directory,
  allowedHosts = [],
}: ReceiverSettings): Promise<Receiver> {
  const files = new TraceFiles(directory);
  await files.prepare();
  const counts: ReceiverCounts = { requests: 0, spans: 0, refused: 0 };
  const slots = new Slots(mostAtOnce);

  const callers = { host, allowedHosts };
  const app = Fastify({ ...edgeOptions(callers), bodyLimit, forceCloseConnections: 'idle' });
  await app.register(edge, callers);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    [protobufType, jsonType],
    { parseAs: 'buffer' },
    async (_request: FastifyRequest, body: Buffer) => body,
  );
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const status = error.statusCode ?? 503;
    if (status === 503) reply.header('retry-after', '1');
    const code = grpcCodes[status] ?? 2;
    return send(request, reply.code(status), Status, { code, message: error.message });
  });

  app.get('/livez', async () => ({ status: 'ok', ...counts }));

  app.post('/v1/traces', {
    onRequest: async (_request, reply) => {
      counts.requests += 1;
      await slots.take();
      if (reply.raw.closed) slots.give();
      else reply.raw.once('close', () => slots.give());
    },
    onResponse: async (_request, reply) => {
      if (reply.statusCode >= 400) counts.refused += 1;
    },
    handler: async (request, reply) => {
      if (!Buffer.isBuffer(request.body))
        throw new Refusal(415, `Content-Type must be ${protobufType} or ${jsonType}`);
      const body = await unpack(request.body, request.headers['content-encoding'] ?? 'identity');
      const { traces, spans, rejected } = divideByTrace(readExport(body, isJson(request)));
      await Promise.all([...traces].map(([traceId, data]) => files.append(traceId, data)));
      counts.spans += spans;
      if (rejected === 0) return send(request, reply, ExportResponse, {});
      counts.refused += 1;
      const errorMessage = `${rejected} spans have no valid trace id and span id`;
      return send(request, reply, ExportResponse, {
        partialSuccess: { rejectedSpans: isJson(request) ? String(rejected) : rejected, errorMessage },
      });
    },
  });

  try {
    await app.listen({ host, port });
  } catch (error) {
    await app.close();
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new Error(
      `Port ${port} on ${host} is in use: is another receiver or collector running? ` +
        'Stop it, or point the services at it with OTEL_EXPORTER_OTLP_ENDPOINT.',
      { cause: error },
    );
  }
  const bound = (app.server.address() as AddressInfo).port;
  const address = host.includes(':') ? `[${host}]` : host;
  return {
    url: `http://${address}:${bound}`,
    port: bound,
    counts: () => ({ ...counts }),
    async close() {
      await app.close();
      await files.settled();
    },
  };
}

function isJson(request: FastifyRequest): boolean {
  return request.headers['content-type']?.startsWith(jsonType) ?? false;
}

/** Answers in the encoding the client used, as OTLP asks; a client that used none of the two gets JSON. */
function send(request: FastifyRequest, reply: FastifyReply, type: typeof Status, message: object) {
  if (!request.headers['content-type']?.startsWith(protobufType)) return reply.type(jsonType).send(message);
  return reply.type(protobufType).send(Buffer.from(type.encode(type.fromObject(message)).finish()));
}
