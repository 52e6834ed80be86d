import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Problem } from '@agento/contracts';
import helmet from '@fastify/helmet';
import type { FastifyHttpOptions, RawServerDefault } from 'fastify';
import fastifyPlugin from 'fastify-plugin';
import { type Callers, callerProblem } from './callers.ts';

/** How long a request's headers and body may take to arrive, in milliseconds; checked every second. */
const slowMs = 28_000;

/** A request rejected because of its caller; each server renders it in its own format, with `statusCode`. */
export class EdgeError extends Error {
  override name = 'EdgeError';
  readonly statusCode: number;
  constructor(statusCode: number, message: string) {
    super(message);
    this.statusCode = statusCode;
  }
}

/**
 * What a server may load, if a browser shows it at all. Swagger UI at /docs lives within it: its scripts, styles and
 * data: images are its own files; React sets styles inline.
 */
const contentSecurityPolicy = {
  useDefaults: false,
  directives: {
    'default-src': ["'none'"],
    'script-src': ["'self'"],
    'style-src': ["'self'", "'unsafe-inline'"],
    'img-src': ["'self'", 'data:'],
    'font-src': ["'self'", 'data:'],
    'connect-src': ["'self'"],
    'base-uri': ["'none'"],
    'form-action': ["'self'"],
    'frame-ancestors': ["'none'"],
  },
};

/**
 * The checks every server here runs first, whether or not a route exists: that the
 * caller names this server and comes from no other site's page. All answers carry the usual security headers.
 */
export const edge = fastifyPlugin<Callers>(async (app, callers) => {
  await app.register(helmet, {
    contentSecurityPolicy,
    xFrameOptions: { action: 'deny' },
    // These servers speak plain HTTP; a TLS proxy in front of them sets it.
    strictTransportSecurity: false,
    // For obsolete browsers and plug-ins, or of no use here; every header costs time at every hop.
    originAgentCluster: false,
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
  });
  app.addHook('onRequest', async (request) => {
    const problem = callerProblem(request.raw, callers);
    if (problem) throw new EdgeError(problem.status, problem.detail);
  });
  app.server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) =>
    answer(response, 417, 'The only supported expectation is 100-continue'),
  );
  app.server.on('connect', (_request: IncomingMessage, socket: Duplex) =>
    answerRaw(socket, 405, 'This server is not a proxy and does not support CONNECT'),
  );
});

/**
 * Options of such a server: requests that come too slowly end, and what never reaches a route is answered with
 * problem details as well. `about` is merged into each of them.
 */
export function edgeOptions(
  callers: Callers,
  about: Partial<Problem> = {},
): Pick<
  FastifyHttpOptions<RawServerDefault>,
  'requestTimeout' | 'http' | 'clientErrorHandler' | 'frameworkErrors'
> {
  return {
    requestTimeout: slowMs,
    http: { headersTimeout: slowMs, connectionsCheckingInterval: 1_000, requireHostHeader: false },
    clientErrorHandler: (error, socket) => refuseUnreadable(error, socket, about),
    frameworkErrors(error, request, reply) {
      const refused = callerProblem(request.raw, callers);
      const [path = ''] = request.url.split('?');
      answer(
        reply.raw,
        refused?.status ?? error.statusCode ?? 400,
        refused?.detail ?? 'The URL is invalid or too long',
        { instance: path.slice(0, 256), ...about },
      );
    },
  };
}

/** Answers unreadable HTTP, unless a response has begun on the connection. */
function refuseUnreadable(error: Error & { code?: string }, socket: Duplex, about: Partial<Problem>): void {
  // Like Node's own handler: must not write into a response in progress.
  const { _httpMessage: begun } = socket as Duplex & { _httpMessage?: ServerResponse };
  if (error.code !== 'ECONNRESET' && socket.writable && !begun?.headersSent) {
    answerRaw(socket, ...meaningOf(error.code), about);
  } else socket.destroy();
}

/** Writes the answer by hand and ends the connection. */
function answerRaw(socket: Duplex, status: number, detail: string, about: Partial<Problem> = {}): void {
  const body = JSON.stringify(problemOf(status, detail, about));
  const head = Object.entries({ ...headersFor(body), connection: 'close' }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  socket.on('error', () => {});
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head.join('')}\r\n${body}`, () =>
    socket.destroy(),
  );
}

function meaningOf(code: string | undefined): [number, string] {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return [408, `The request did not arrive within ${slowMs / 1_000} s`];
  if (code === 'HPE_HEADER_OVERFLOW') return [431, 'The request headers are over the limit of 16 KiB'];
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW')
    return [413, 'The chunk extensions of the body are too large'];
  return [400, 'The request is not valid HTTP/1.1'];
}

function answer(
  response: ServerResponse,
  status: number,
  detail: string,
  about: Partial<Problem> = {},
): void {
  const body = JSON.stringify(problemOf(status, detail, about));
  response.writeHead(status, headersFor(body));
  response.end(body);
}

function problemOf(status: number, detail: string, about: Partial<Problem>): Problem {
  const kind = status === 403 ? 'forbidden' : 'bad-input';
  const title = status === 403 ? 'The caller is not allowed' : 'Invalid request';
  return { type: `urn:agento:problem:${kind}`, title, status, detail, ...about };
}

/** Responses outside of any route get no headers from helmet. */
function headersFor(body: string): Record<string, string> {
  return {
    'content-type': 'application/problem+json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
  };
}
