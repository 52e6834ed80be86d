import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { builtFolder } from './built.ts';

/** Serves the built page at `/`, and its files beside it. */
export async function registerPage(app: FastifyInstance): Promise<void> {
  await app.register(fastifyStatic, {
    root: builtFolder,
    serveDotFiles: false,
    setHeaders: (reply, file) => {
      // Names of assets change with what is in them; that of the page does not.
      const isAsset = file.includes('/assets/');
      reply.header('cache-control', isAsset ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
    cacheControl: false,
  });
}
