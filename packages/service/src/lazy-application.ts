import Fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import { noRoute } from './no-route.ts';

/**
 * Routes (GET) whose code is loaded when somebody asks for one: in most processes nobody does, and all would start the
 * later for it. Their own application answers on the request's connection, so that an answer is what it would be
 * without the detour.
 */
export function registerLazily(
  app: FastifyInstance,
  routes: string[],
  fill: (page: FastifyInstance) => Promise<void>,
): void {
  let page: Promise<FastifyInstance> | null = null;
  const load = (): Promise<FastifyInstance> => {
    page ??= create(app, fill).catch((error: unknown) => {
      // The next request tries again.
      page = null;
      throw error;
    });
    return page;
  };
  const show = async (request: FastifyRequest, reply: FastifyReply) => {
    const { routing } = await load();
    reply.hijack();
    routing(request.raw, reply.raw);
  };
  for (const route of routes) app.get(route, show);
  app.addHook('onClose', async () => (await page?.catch(() => null))?.close());
}

async function create(
  app: FastifyInstance,
  fill: (page: FastifyInstance) => Promise<void>,
): Promise<FastifyInstance> {
  const page = Fastify({
    loggerInstance: app.log,
    logController: new LogController({ disableRequestLogging: true }),
  });
  page.setErrorHandler(app.errorHandler);
  page.setNotFoundHandler(noRoute);
  await fill(page);
  await page.ready();
  return page;
}
