import { STATUS_CODES } from 'node:http';
import { type Finding, findings } from '@agento/contracts';
import { EdgeError, edge, edgeOptions } from '@agento/edge';
import { incomingTraceId, recordsContent } from '@agento/tracing';
import accepts from '@fastify/accepts';
import Fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  LogController,
} from 'fastify';
import type { TSchema } from 'typebox';
import { registerAccess } from './access.ts';
import { registerArtifactRoutes } from './artifact-routes.ts';
import { registerBodies } from './body.ts';
import { registerDocsPage } from './docs-page.ts';
import { registerHealthRoutes } from './health-routes.ts';
import { noRoute } from './no-route.ts';
import { openapiDocument } from './openapi/document.ts';
import { registerOutage } from './outage.ts';
import { registerRunsPage } from './page.ts';
import { pathOf } from './path.ts';
import { badInput, ProblemError, problem, problemOf, writeProblem } from './problem.ts';
import { registerReviewRoutes } from './review-routes.ts';
import { registerRunRoute } from './run-route.ts';
import type { Executions } from './runs/executions.ts';
import { registerRunsRoutes } from './runs-routes.ts';
import type { Service } from './service.ts';
import { endIfStuck } from './stuck.ts';

/** Most fields of a body's outermost object; a run's own have some twenty. */
const mostFields = 1_000;

/** Builds a module's HTTP application; the caller listens and closes it. */
export async function createApp(service: Service, executions: Executions): Promise<FastifyInstance> {
  const { settings } = service;
  const about = { module: service.module.info.number };
  const app: FastifyInstance = Fastify({
    ...edgeOptions(settings, about),
    loggerInstance: service.log as FastifyBaseLogger,
    // One line per request, written below with what an operator needs.
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: 'idle',
    return503OnClosing: false,
  });
  registerBodies(app);
  app.setValidatorCompiler<TSchema>(({ schema }) => (value) => {
    const found = tooManyFields(value) ?? findings(schema, value, { foreignNames: recordsContent() });
    return found.length > 0 ? { error: badInput(found) } : { value };
  });
  // Answers are written as JSON text by the routes themselves.
  app.setSerializerCompiler(() => (value) => JSON.stringify(value));

  app.setErrorHandler<FastifyError | ProblemError | EdgeError>((error, request, reply) => {
    const given = error instanceof ProblemError ? error.problem : asProblem(error);
    if (given.status >= 500 && !(error instanceof ProblemError))
      request.log.error({ err: error }, 'request failed');
    const traceId = incomingTraceId(request.raw);
    // Whichever module of the chain is busy, a retry makes sense.
    if (given.status === 503) reply.header('retry-after', '1');
    reply
      .code(given.status)
      .type('application/problem+json')
      .send(
        writeProblem({
          ...given,
          instance: given.instance ?? pathOf(request),
          module: given.module ?? about.module,
          ...(given.trace_id === undefined && traceId && { trace_id: traceId }),
        }),
      );
  });
  app.setNotFoundHandler(noRoute);
  app.addHook('onRequest', async (_request, reply) => endIfStuck(reply.raw));
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown';
    service.metrics.request(request.method, route, reply.statusCode);
    const line = {
      method: request.method,
      route,
      status: reply.statusCode,
      duration_ms: Math.round(reply.elapsedTime),
    };
    if (route === '/run') request.log.info(line, 'request answered');
    else request.log.debug(line, 'request answered');
  });

  await app.register(edge, { host: settings.host, allowedHosts: settings.allowedHosts });
  registerAccess(app, settings);
  await app.register(accepts);
  registerOutage(app, service);
  const document = openapiDocument(service.module, settings.apiKeys.length > 0 || settings.hopKey !== null);
  registerRunRoute(app, service, executions);
  registerRunsRoutes(app, service, executions);
  registerReviewRoutes(app, service);
  registerHealthRoutes(app, service, executions);
  registerArtifactRoutes(app, service);
  app.get('/openapi.json', async () => document);
  registerDocsPage(app, document);
  // Runs begin with module 1, and so does their page.
  if (about.module === 1) registerRunsPage(app, service);
  await app.ready();
  return app;
}

/** A finding if there are implausibly many fields, since each costs time to read. */
function tooManyFields(value: unknown): Finding[] | null {
  const fields = value !== null && typeof value === 'object' ? Object.keys(value).length : 0;
  return fields <= mostFields
    ? null
    : [{ pointer: '', detail: `must have at most ${mostFields} fields, has ${fields}` }];
}

/** Errors of Fastify and of the edge as our problems. */
function asProblem(error: FastifyError | ProblemError | EdgeError) {
  if (error instanceof EdgeError)
    return problem(error.statusCode === 403 ? 'forbidden' : 'bad-input', error.statusCode, error.message);
  const { statusCode = 500, code } = error as FastifyError;
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return problem('too-large', 413, 'The body is larger than this module accepts');
  if (statusCode === 415) {
    return problem('unsupported-media-type', 415, 'Send the input with content-type: application/json');
  }
  if (statusCode >= 400 && statusCode < 500) {
    const detail = error.message || (STATUS_CODES[statusCode] ?? '');
    return problem('bad-input', statusCode, detail, { errors: [{ pointer: '', detail }] });
  }
  return problemOf(error);
}
