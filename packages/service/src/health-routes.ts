import { withoutCredentials } from '@agento/tracing';
import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { watchDisk } from './disk.ts';
import type { Service } from './service.ts';

const Figure = Type.Integer({ minimum: 0 });

/** What `/readyz` answers, ready or not. */
export const Ready = Type.Object({
  status: Type.Enum(['ready', 'not ready'], { type: 'string' }),
  module: Type.Integer(),
  service: Type.String({ description: 'service.name of its spans' }),
  stopping: Type.Boolean(),
  runs: Type.Object({ active: Figure, most: Figure }),
  model: Type.Object({ active: Figure, waiting: Figure, endpoint: Type.String() }),
  disk: Type.String({ description: '`writable`, or why the data folder cannot be written' }),
  last_file_error: Type.Union([Type.String(), Type.Null()]),
  next: Type.Union([Type.String(), Type.Null()], { description: 'Address of the next module' }),
  export: Type.Union([
    Type.Object({
      endpoint: Type.Union([Type.String(), Type.Null()]),
      ended: Figure,
      adopted: Figure,
      exported: Figure,
      queued: Figure,
      spooled: Figure,
      dropped: Type.Record(Type.String(), Figure, { description: 'Spans lost, by reason' }),
      failures: Figure,
      bytes_sent: Figure,
      requests: Figure,
      shed_spans: Figure,
      shed_bytes: Figure,
      duplicates_possible: Figure,
    }),
    Type.Literal('disabled'),
  ]),
});
type Ready = Static<typeof Ready>;

/** `/livez` (the process), `/readyz` (can it take a run; with the export figures), `/metrics`. */
export function registerHealthRoutes(app: FastifyInstance, service: Service): void {
  const { settings, telemetry } = service;
  const problemOfDisk = watchDisk(settings.dataDir);

  app.get('/livez', async () => ({ status: 'alive' }));

  app.get('/readyz', async (_request, reply): Promise<Ready> => {
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
  });

  app.get('/metrics', async (_request, reply) => {
    reply.type(service.metrics.registry.contentType);
    return service.metrics.registry.metrics();
  });
}
