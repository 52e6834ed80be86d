import type { AddressInfo } from 'node:net';
import { edge, edgeOptions, listenProblem } from '@agento/edge';
import { ProtobufWriter } from '@agento/protobuf';
import Fastify, { type FastifyError, type FastifyReply, type FastifyRequest } from 'fastify';
import { unpack } from './body.ts';
import { jsonEncoding } from './json-encoding.ts';
import { keep } from './keep.ts';
import { limits, Refusal } from './limits.ts';
import type { Encoding } from './outline.ts';
import { protobufEncoding } from './protobuf-encoding.ts';
import { Semaphore } from './semaphore.ts';
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
  /** Export requests received, including refused ones. */
  requests: number;
  /** Spans written to the files. */
  spans: number;
  /** Requests that were refused, in whole or in part. */
  refused: number;
}
export interface Receiver {
  /** `http://host:port`; exporters append /v1/traces. */
  url: string;
  port: number;
  counts(): ReceiverCounts;
  /** Stops accepting requests, waits for active ones and their writes. */
  close(): Promise<void>;
}

const protobufType = 'application/x-protobuf';
const jsonType = 'application/json';
/** Total bytes of bodies held at once; further requests wait unread. */
const heldBytes = 2 * limits.body;
/** More than most answers take. */
const answerBytes = 1_024;
/** Seconds after which a retry makes sense. */
const retryAfter = '5';

const grpcCodes: Record<number, number> = { 400: 3, 403: 7, 404: 12, 413: 8, 415: 3, 500: 13, 503: 14 };

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
  const bodies = new Semaphore(heldBytes);
  const reading = new Semaphore(1);

  const callers = { host, allowedHosts };
  const app = Fastify({ ...edgeOptions(callers), bodyLimit: limits.body, forceCloseConnections: 'idle' });
  await app.register(edge, callers);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    '*',
    { parseAs: 'buffer' },
    async (_request: FastifyRequest, body: Buffer) => body,
  );
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const { status, message } = refusalOf(error);
    if (status === 503) reply.header('retry-after', retryAfter);
    const code = grpcCodes[status] ?? 2;
    return send(request, reply.code(status), { code, message }, (out) => {
      // google.rpc.Status.code = 1, .message = 2; the writer starts at the end.
      out.text(2, message);
      out.varint(1, code);
    });
  });
  app.setNotFoundHandler(async () => {
    throw new Refusal(404, 'This receiver accepts only traces, at POST /v1/traces');
  });

  app.get('/livez', async () => ({ status: 'ok', ...counts }));

  app.post('/v1/traces', {
    onRequest: async (request, reply) => {
      counts.requests += 1;
      encodingOf(request);
      const held = Math.min(Number(request.headers['content-length'] ?? limits.body), limits.body);
      await bodies.take(held);
      if (reply.raw.closed) bodies.give(held);
      else reply.raw.once('close', () => bodies.give(held));
    },
    onResponse: async (_request, reply) => {
      if (reply.statusCode >= 400) counts.refused += 1;
    },
    handler: async (request, reply) => {
      const encoding = encodingOf(request);
      await reading.take(1);
      try {
        const sent = (request.body as Buffer | undefined) ?? Buffer.alloc(0);
        const body = await unpack(sent, request.headers['content-encoding']);
        const { spans, rejected, fault } = await keep(body, encoding, (id, data) => files.append(id, data));
        counts.spans += spans;
        if (fault === '') return send(request, reply, {}, () => {});
        counts.refused += 1;
        const partialSuccess = { rejectedSpans: String(rejected), errorMessage: fault };
        return send(request, reply, { partialSuccess }, (out) => {
          // ExportTraceServiceResponse.partial_success = 1; .rejected_spans = 1, .error_message = 2
          const end = out.length;
          out.text(2, fault);
          out.varint(1, rejected);
          out.enclose(1, end);
        });
      } finally {
        reading.give(1);
      }
    },
  });

  try {
    await app.listen({ host, port });
  } catch (error) {
    await app.close();
    const problem = listenProblem(error);
    if (problem === null) throw error;
    const hint =
      problem === 'is in use'
        ? ': is another receiver or collector running? Stop it, or point the services at it with OTEL_EXPORTER_OTLP_ENDPOINT.'
        : '.';
    throw new Error(`Port ${port} on ${host} ${problem}${hint}`, { cause: error });
  }
  const bound = (app.server.address() as AddressInfo).port;
  const address = host.includes(':') ? `[${host}]` : host;
  return {
    url: `http://${address}:${bound}`,
    port: bound,
    counts: () => ({ ...counts }),
    close: () => app.close(),
  };
}

function typeOf(request: FastifyRequest): string | undefined {
  return request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
}

/** Throws a Refusal where the type or its character set is another than OTLP over HTTP has. */
function encodingOf(request: FastifyRequest): Encoding {
  const type = typeOf(request);
  if (type === protobufType) return protobufEncoding;
  if (type !== jsonType) throw new Refusal(415, `Content-Type must be ${protobufType} or ${jsonType}`);
  const charset = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(request.headers['content-type'] ?? '')?.[1];
  if (charset !== undefined && !/^(utf-?8|us-ascii)$/i.test(charset))
    throw new Refusal(415, 'The charset of OTLP JSON must be utf-8');
  return jsonEncoding;
}

/** Only file system errors are worth a retry: the disk may have room, or the folder be fixed, by then. */
function refusalOf(error: FastifyError & NodeJS.ErrnoException): { status: number; message: string } {
  if (error.statusCode !== undefined) return { status: error.statusCode, message: error.message };
  if (error.syscall === undefined)
    return { status: 500, message: 'The receiver failed to process this request' };
  const message = `The spans could not be written (${error.code}): free disk space, or fix the traces folder`;
  return { status: 503, message };
}

/** Answers in the encoding the client used, as OTLP requires; any other client gets JSON. */
function send(
  request: FastifyRequest,
  reply: FastifyReply,
  json: object,
  protobuf: (out: ProtobufWriter) => void,
) {
  if (typeOf(request) !== protobufType) return reply.type(jsonType).send(json);
  const out = new ProtobufWriter(answerBytes);
  protobuf(out);
  return reply.type(protobufType).send(out.written);
}
