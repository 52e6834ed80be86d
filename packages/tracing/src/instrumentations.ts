import { FastifyOtelInstrumentation } from '@fastify/otel';
import type { TracerProvider } from '@opentelemetry/api';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { noteIncoming } from './incoming.ts';

/**
 * SERVER spans by instrumentation-http, Fastify's own `request` span by @fastify/otel (the successor of the deprecated
 * @opentelemetry/instrumentation-fastify), and nothing else: hooks and handlers have no spans. Only `POST /run` is
 * traced, since probes and pages would drown it. Outgoing calls are not instrumented: the hop and the model calls have
 * spans of our own.
 */
export function instrumentServer(tracerProvider: TracerProvider): () => void {
  return registerInstrumentations({
    tracerProvider,
    instrumentations: [
      new HttpInstrumentation({
        disableOutgoingRequestInstrumentation: true,
        ignoreIncomingRequestHook: (request) => !isRun(request.method, request.url),
        requestHook: (span, request) => {
          if ('httpVersionMajor' in request) noteIncoming(request, { server: span });
        },
      }),
      new FastifyOtelInstrumentation({
        registerOnInitialization: true,
        instrumentHooks: false,
        instrumentHandler: false,
        ignorePaths: ({ url, method }) => !isRun(typeof method === 'string' ? method : 'POST', url),
        requestHook: (span, request) => noteIncoming(request.raw, { request: span }),
      }),
    ],
  });
}

function isRun(method: string | undefined, url: string | undefined): boolean {
  return method === 'POST' && (url === '/run' || (url?.startsWith('/run?') ?? false));
}
