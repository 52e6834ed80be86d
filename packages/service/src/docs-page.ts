import type { StaticDocumentSpec } from '@fastify/swagger';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';

/**
 * `GET /docs`: a page of the API, with its files below. It is loaded when somebody asks for it: in most processes nobody
 * does, and all would start the later for it.
 */
export function registerDocsPage(app: FastifyInstance, document: object): void {
  let page: Promise<FastifyInstance> | null = null;
  const show = async ({ method, url, headers: asked }: FastifyRequest, reply: FastifyReply) => {
    page ??= createPage(document);
    const shown = await (await page).inject({ method: method as 'GET', url, headers: asked });
    if (shown.statusCode === 404) return reply.callNotFound();
    const { connection: _, date: __, 'transfer-encoding': ___, ...headers } = shown.headers;
    return reply.code(shown.statusCode).headers(headers).send(shown.rawPayload);
  };
  app.get('/docs', show);
  app.get('/docs/*', show);
  app.addHook('onClose', async () => (await page)?.close());
}

async function createPage(document: object): Promise<FastifyInstance> {
  const [{ default: swagger }, { default: swaggerUi }] = await Promise.all([
    import('@fastify/swagger'),
    import('@fastify/swagger-ui'),
  ]);
  const page = Fastify();
  await page.register(swagger, {
    mode: 'static',
    specification: { document: document as StaticDocumentSpec['document'] },
  });
  await page.register(swaggerUi, { routePrefix: '/docs' });
  return page;
}
