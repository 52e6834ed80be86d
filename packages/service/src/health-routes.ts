import { access, constants, mkdir } from 'node:fs/promises';
import type { FastifyInstance } from 'fastify';
import type { Service } from './service.ts';

/** `/livez` (the process), `/readyz` (can it take a run; with the export figures), `/metrics`. */
export function registerHealthRoutes(app: FastifyInstance, service: Service): void {
  const { settings, telemetry } = service;

  app.get('/livez', { schema: { summary: 'The process is up' } }, async () => ({ status: 'alive' }));

  app.get(
    '/readyz',
    { schema: { summary: 'Whether a run can be taken, and what became of the spans' } },
    async (_request, reply) => {
      const disk = await writable(settings.dataDir);
      const free = service.runs.size < settings.maxRuns;
      const ready = disk === null && free && !service.stopping;
      reply.code(ready ? 200 : 503).header('cache-control', 'no-store');
      if (!ready) reply.header('retry-after', '1');
      const stats = telemetry.stats();
      return {
        status: ready ? 'ready' : 'not ready',
        module: service.module.info.number,
        service: service.serviceName,
        stopping: service.stopping,
        runs: { active: service.runs.size, most: settings.maxRuns },
        model: { ...service.models.load(), endpoint: service.models.settings.baseUrl },
        disk: disk ?? 'writable',
        last_file_error: service.fileError,
        next: settings.nextUrl,
        export: stats ? { endpoint: telemetry.endpoint, ...stats } : 'disabled',
      };
    },
  );

  app.get('/metrics', { schema: { summary: 'Prometheus metrics' } }, async (_request, reply) => {
    reply.type(service.metrics.registry.contentType);
    return service.metrics.registry.metrics();
  });
}

/** Null when the folder can be written to, else why not. */
async function writable(directory: string): Promise<string | null> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await access(directory, constants.W_OK);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}
