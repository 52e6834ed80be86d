import { withoutCredentials } from '@agento/tracing';
import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { openMetrics, openMetricsType, wantsOpenMetrics } from './open-metrics.ts';
import type { Executions } from './runs/executions.ts';
import type { Service } from './service.ts';

const Figure = Type.Integer({ minimum: 0 });

/** What `/readyz` answers, ready or not. */
export const Ready = Type.Object({
  status: Type.Enum(['ready', 'not ready'], { type: 'string' }),
  module: Type.Integer(),
  service: Type.String({ description: 'service.name of its spans' }),
  stopping: Type.Boolean(),
  runs: Type.Object({
    working: Figure,
    handed_on: Type.Integer({ minimum: 0, description: 'Waiting for the modules after' }),
    queued: Figure,
    most: Figure,
  }),
  store: Type.Enum(['folder', 'postgres'], { type: 'string', description: 'What keeps the runs' }),
  model: Type.Object({
    active: Figure,
    waiting: Figure,
    circuit: Type.Enum(['closed', 'open', 'half-open'], {
      type: 'string',
      description:
        '`open`: the endpoint has failed repeatedly and is not asked for a while; `half-open`: one call tries it',
    }),
    endpoint: Type.String(),
  }),
  disk: Type.String({ description: '`writable`, or why runs cannot be written down' }),
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
export function registerHealthRoutes(app: FastifyInstance, service: Service, executions: Executions): void {
  const { settings, telemetry, store } = service;

  app.get('/livez', async () => ({ status: 'alive' }));

  app.get('/readyz', async (_request, reply): Promise<Ready> => {
    const disk = await store.problem();
    const { working, handedOn, queued } = executions.load();
    const free = working + handedOn + queued < settings.maxRuns + settings.maxQueued;
    const ready = disk === null && free && !service.stopping;
    reply.code(ready ? 200 : 503).header('cache-control', 'no-store');
    if (!ready) reply.header('retry-after', '1');
    const stats = telemetry.stats();
    return {
      status: ready ? 'ready' : 'not ready',
      module: service.module.info.number,
      service: service.serviceName,
      stopping: service.stopping,
      runs: { working, handed_on: handedOn, queued, most: settings.maxRuns + settings.maxQueued },
      store: settings.databaseUrl === null ? 'folder' : 'postgres',
      model: { ...service.models.load(), endpoint: withoutCredentials(service.models.settings.baseUrl) },
      disk: disk ?? 'writable',
      last_file_error: service.fileError,
      next: settings.nextUrl && withoutCredentials(settings.nextUrl),
      export: stats
        ? { endpoint: telemetry.endpoint && withoutCredentials(telemetry.endpoint), ...stats }
        : 'disabled',
    };
  });

  app.get('/metrics', async (request, reply) => {
    const { registry } = service.metrics;
    const isOpen = wantsOpenMetrics(request.headers.accept);
    reply.header('vary', 'accept').type(isOpen ? openMetricsType : registry.contentType);
    return isOpen ? openMetrics(registry) : registry.metrics();
  });
}
