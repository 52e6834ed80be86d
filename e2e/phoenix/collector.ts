import { collectorFile, startCollector } from '../src/collector.ts';

/** A collector that does what otelcol.yaml and deploy/collector/phoenix.yaml say, on the way to this Phoenix. */
export function startCollectorTo(binary: string, grpc: string) {
  const [base, phoenix] = [collectorFile('otelcol.yaml'), collectorFile('deploy/collector/phoenix.yaml')];
  const exporter = phoenix.exporters['otlp_grpc/phoenix'];
  // Without the queue on disk, which belongs to the composed system.
  const inMemory = { ...exporter, sending_queue: { ...exporter?.sending_queue, storage: undefined } };
  const checks = base.service.pipelines.traces?.processors ?? [];
  const transform = phoenix.service.pipelines['traces/phoenix']?.processors ?? [];
  return startCollector(
    binary,
    {
      processors: { ...base.processors, ...phoenix.processors },
      exporters: { 'otlp_grpc/phoenix': inMemory },
      pipelines: {
        traces: {
          receivers: ['otlp'],
          processors: [...checks, ...transform],
          exporters: ['otlp_grpc/phoenix'],
        },
      },
    },
    { AGENTO_PHOENIX_OTLP_ENDPOINT: grpc },
  );
}
