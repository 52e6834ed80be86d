import { withoutCredentials } from '@agento/tracing';
import type { FastifyInstance } from 'fastify';
import { watchDisk } from './disk.ts';
import type { Service } from './service.ts';

/** `/livez` (the process), `/readyz` (can it take a run; with the export figures), `/metrics`. */
export function registerHealthRoutes(app: FastifyInstance, service: Service): void {
  const { settings, telemetry } = service;
  const problemOfDisk = watchDisk(settings.dataDir);

  app.get('/livez', { schema: { summary: 'The process is up' } }, async () => ({ status: 'alive' }));

  app.get(
    '/readyz',
    { schema: { summary: 'Whether a run can be taken, and what became of the spans' } },
    async (_request, reply) => {
      const disk = await problemOfDisk(service.fileError !== null);
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
        model: { ...service.models.load(), endpoint: withoutCredentials(service.models.settings.baseUrl) },
        disk: disk ?? 'writable',
        last_file_error: service.fileError,
        next: settings.nextUrl && withoutCredentials(settings.nextUrl),
        export: stats
          ? { endpoint: telemetry.endpoint && withoutCredentials(telemetry.endpoint), ...stats }
          : 'disabled',
      };
    },
  );

  app.get('/metrics', { schema: { summary: 'Prometheus metrics' } }, async (_request, reply) => {
    reply.type(service.metrics.registry.contentType);
    return service.metrics.registry.metrics();
  });
}
