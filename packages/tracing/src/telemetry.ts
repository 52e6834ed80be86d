import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { DeliveryLog } from '@agento/delivery';
import { createRedactor } from '@agento/redaction';
import { trace } from '@opentelemetry/api';
import type { SpanProcessor } from '@opentelemetry/sdk-trace';
import { instrumentServer } from './instrumentations.ts';
import { startLegacy } from './legacy/index.ts';
import type { MeasurementSink } from './metrics/meter.ts';
import type { OtlpMetrics } from './metrics/otlp.ts';
import { createResource, type TracedModule } from './resource.ts';
import type { SpanObserver } from './span-note.ts';
import { startTracing, type Tracing } from './start-tracing.ts';
import { readTelemetryEnvironment } from './variables.ts';

/** Where telemetry logs what happens to it: the service's own logger. */
export type TelemetryLog = DeliveryLog;

export interface TelemetryOptions {
  module: TracedModule;
  env: NodeJS.ProcessEnv;
  /** Folder of the spool and the legacy files. */
  dataDir: string;
  log?: TelemetryLog;
  /** Secrets the process has loaded, removed from everything that leaves it. */
  secrets?: string[];
  /** Who keeps account of the spans that could be lost with this process. */
  notes?: SpanObserver;
  /** Further processors, after redaction; how tests collect spans. */
  processors?: SpanProcessor[];
}

/** Running tracing of a module's process. */
export interface Telemetry extends Tracing {
  /** Begins to send metrics, until the shutdown; null where OTEL_METRICS_EXPORTER does not ask for it. */
  startMetrics(): Promise<MeasurementSink | null>;
  /** Writes the legacy file of an attempt at a run if TRACE_LEGACY is set. Never rejects. */
  finishRun(runId: string, attempt?: number): Promise<void>;
}

/**
 * Starts tracing for a module's process, from the environment. Call it before creating the HTTP server. Throws an
 * EnvironmentError for an invalid variable; an unreachable collector is not an error.
 */
export function startTelemetry(options: TelemetryOptions): Telemetry {
  const { module, dataDir, secrets = [], processors, log } = options;
  const environment = readTelemetryEnvironment(options.env);
  const resource = {
    serviceName: `${environment.OTEL_SERVICE_NAME_PREFIX}-Module-${module.number}`,
    namespace: 'agento',
    instanceId: randomUUID(),
    module,
  };
  const tracing = startTracing({
    environment,
    resource,
    secrets,
    spoolDirectory: join(dataDir, 'spool'),
    processors,
    log,
    notes: options.notes,
  });
  let metrics: OtlpMetrics | null = null;
  const telemetry: Telemetry = {
    ...tracing,
    finishRun: async () => {},
    async startMetrics() {
      const { metrics: target } = environment;
      if (target === null) return null;
      // The SDK for metrics takes memory and time that only those who ask for it should pay.
      const { startOtlpMetrics } = await import('./metrics/otlp.ts');
      const settings = { content: true, redactor: createRedactor({ secrets }) };
      metrics = startOtlpMetrics({
        target,
        environment,
        resource: createResource(resource, environment, settings),
      });
      return metrics;
    },
    async shutdown(timeoutMs = 5_000) {
      await Promise.all([metrics?.shutdown(timeoutMs), tracing.shutdown(timeoutMs)]);
    },
  };
  if (!environment.enabled) return telemetry;
  const uninstrument = instrumentServer(trace.getTracerProvider());
  const legacy = environment.TRACE_LEGACY ? startLegacy(options) : null;
  return {
    ...telemetry,
    finishRun: async (runId, attempt) => legacy?.finishRun(runId, attempt),
    async shutdown(timeoutMs) {
      uninstrument();
      await legacy?.stop();
      await telemetry.shutdown(timeoutMs);
    },
  };
}
