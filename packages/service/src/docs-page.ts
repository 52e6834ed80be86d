import type { StaticDocumentSpec } from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { registerLazily } from './lazy-application.ts';

/** `GET /docs`: a page of the API, with its files below. */
export function registerDocsPage(app: FastifyInstance, document: object): void {
  registerLazily(app, ['/docs', '/docs/*'], async (page) => {
    const [{ default: swagger }, { default: swaggerUi }] = await Promise.all([
      import('@fastify/swagger'),
      import('@fastify/swagger-ui'),
    ]);
    await page.register(swagger, {
      mode: 'static',
      specification: { document: document as StaticDocumentSpec['document'] },
    });
    await page.register(swaggerUi, { routePrefix: '/docs' });
  });
}
