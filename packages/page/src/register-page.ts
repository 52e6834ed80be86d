import { existsSync } from 'node:fs';
import path from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

const built = path.resolve(import.meta.dirname, '../built');

/** Whether the page was built (`pnpm build` in its package). */
export function isBuilt(): boolean {
  return existsSync(path.join(built, 'index.html'));
}

/** Serves the page at `/`, and its files beside it. */
export async function registerPage(app: FastifyInstance): Promise<void> {
  await app.register(fastifyStatic, {
    root: built,
    // Each file has a route of its own: whatever else is asked for stays the server's to refuse.
    wildcard: false,
    immutable: true,
    maxAge: '365d',
    setHeaders: (reply, file) => {
      // Names of files change with what is in them; that of the page does not.
      if (file.endsWith('index.html')) reply.header('cache-control', 'no-cache');
    },
  });
}
