import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import type { DeliveryOptions, Proxies } from './types.ts';

const gzip = promisify(zlib.gzip);
/** Level 4 takes 50% longer for a body 20% smaller; larger chunks need fewer turns of the event loop. */
const gzipOptions = { level: 3, chunkSize: 65_536 };
const maxAnswerBytes = 65_536;

/** The result of one request. `bytesSent` is the size of the body as sent, 0 if it was not sent. */
export type SendResult =
  | { kind: 'answered'; status: number; retryAfterMs: number | null; body: Buffer; bytesSent: number }
  | { kind: 'lost'; error: Error; bytesSent: number; idleConnection: boolean };

export interface Transport {
  /** Sends one request at a time. Never rejects; takes at most that long, in milliseconds. */
  send(body: Uint8Array, timeoutMs: number): Promise<SendResult>;
  /** Lets the process end while a request is in flight. */
  unref(): void;
  abort(): void;
  close(): void;
}

/**
 * One attempt at an OTLP request over HTTP. The SDK's own transport comes only with its retries, which hide the status,
 * Retry-After and how often a body was sent, and whose timers keep a script from ending.
 */
export function createHttpTransport(
  options: Pick<DeliveryOptions, 'url' | 'headers' | 'tls' | 'compression' | 'proxies'>,
): Transport {
  const target = new URL(options.url);
  const compressed = options.compression !== 'none';
  const client = target.protocol === 'https:' ? https : http;
  const agent = new client.Agent({
    keepAlive: true,
    ...options.tls,
    ...(options.proxies && { proxyEnv: proxyEnvironment(options.proxies) }),
  });
  let current: { request: http.ClientRequest; socket: Socket | null } | null = null;

  async function send(body: Uint8Array, timeoutMs: number): Promise<SendResult> {
    const { promise, resolve } = Promise.withResolvers<SendResult>();
    let bytesSent = 0;
    const request = client.request(target, {
      method: 'POST',
      agent,
      headers: {
        ...options.headers,
        'content-type': 'application/x-protobuf',
        ...(compressed && { 'content-encoding': 'gzip' }),
      },
    });
    const attempt: typeof current = { request, socket: null };
    current = attempt;
    const deadline = setTimeout(
      () => request.destroy(new Error(`no answer within ${timeoutMs} ms`)),
      timeoutMs,
    ).unref();

    request.on('socket', (socket) => {
      attempt.socket = socket;
      // Compression is expensive: connect and verify the peer first.
      if (!isPending(socket)) transmit();
      else socket.once(client === https ? 'secureConnect' : 'connect', transmit);
    });
    request.on('error', (error) => {
      const idleConnection = request.reusedSocket && (error as NodeJS.ErrnoException).code === 'ECONNRESET';
      resolve({ kind: 'lost', error, bytesSent, idleConnection });
    });
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size <= maxAnswerBytes) chunks.push(chunk);
        else response.destroy();
      });
      // The status is what counts: a response truncated later is still this response.
      response.on('error', () => {});
      response.on('close', () =>
        resolve({
          kind: 'answered',
          status: response.statusCode ?? 0,
          retryAfterMs: retryAfter(response.headers['retry-after']),
          body: Buffer.concat(chunks),
          bytesSent,
        }),
      );
    });
    function transmit(): void {
      const ready = compressed ? gzip(body, gzipOptions) : Promise.resolve(body);
      ready.then(
        (sent) => {
          if (request.destroyed) return;
          bytesSent = sent.length;
          request.setHeader('content-length', sent.length);
          request.end(sent);
        },
        (error: Error) => request.destroy(error),
      );
    }

    const result = await promise;
    clearTimeout(deadline);
    current = null;
    return result;
  }

  return {
    send,
    unref: () => current?.socket?.unref(),
    abort: () => current?.request.destroy(new Error('aborted at shutdown')),
    close: () => agent.destroy(),
  };
}

/** Whether the connection, including its TLS handshake, is not established yet. */
function isPending(socket: Socket): boolean {
  return socket.connecting || ('secureConnecting' in socket && socket.secureConnecting === true);
}

/** The proxies in the form Node's agents expect. */
function proxyEnvironment({ http, https, except }: Proxies): NodeJS.ProcessEnv {
  return { ...(http && { HTTP_PROXY: http }), ...(https && { HTTPS_PROXY: https }), NO_PROXY: except };
}

/** Retry-After in seconds or as a date; in milliseconds, at most five minutes. */
function retryAfter(header: string | undefined): number | null {
  if (header === undefined) return null;
  const milliseconds = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now();
  return Number.isNaN(milliseconds) ? null : Math.min(Math.max(milliseconds, 0), 300_000);
}
