import type { StaticDocumentSpec } from '@fastify/swagger';
import Fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import { noRoute } from './no-route.ts';

/**
 * `GET /docs`: a page of the API, with its files below. It is loaded when somebody asks for it: in most processes nobody
 * does, and all would start the later for it. Its own application answers on the request's connection, so that an
 * answer is what it would be without the detour.
 */
export function registerDocsPage(app: FastifyInstance, document: object): void {
  let page: Promise<FastifyInstance> | null = null;
  const load = (): Promise<FastifyInstance> => {
    page ??= createPage(app, document).catch((error: unknown) => {
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
  app.get('/docs', show);
  app.get('/docs/*', show);
  app.addHook('onClose', async () => (await page?.catch(() => null))?.close());
}

async function createPage(app: FastifyInstance, document: object): Promise<FastifyInstance> {
  const [{ default: swagger }, { default: swaggerUi }] = await Promise.all([
    import('@fastify/swagger'),
    import('@fastify/swagger-ui'),
  ]);
  const page = Fastify({
    loggerInstance: app.log,
    logController: new LogController({ disableRequestLogging: true }),
  });
  page.setErrorHandler(app.errorHandler);
  page.setNotFoundHandler(noRoute);
  await page.register(swagger, {
    mode: 'static',
    specification: { document: document as StaticDocumentSpec['document'] },
  });
  await page.register(swaggerUi, { routePrefix: '/docs' });
  await page.ready();
  return page;
}
