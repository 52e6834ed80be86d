import { join } from 'node:path';
import type { DeliveryLog } from '@agento/delivery';
import { trace } from '@opentelemetry/api';
import type { SpanProcessor } from '@opentelemetry/sdk-trace';
import { instrumentServer } from './instrumentations.ts';
import { startLegacy } from './legacy/index.ts';
import type { TracedModule } from './resource.ts';
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
  const tracing = startTracing({
    environment,
    resource: {
      serviceName: `${environment.OTEL_SERVICE_NAME_PREFIX}-Module-${module.number}`,
      namespace: 'agento',
      module,
    },
    secrets,
    spoolDirectory: join(dataDir, 'spool'),
    processors,
    log,
    notes: options.notes,
  });
  if (!environment.enabled) return { ...tracing, finishRun: async () => {} };
  const uninstrument = instrumentServer(trace.getTracerProvider());
  const legacy = environment.TRACE_LEGACY ? startLegacy(options) : null;
  return {
    ...tracing,
    finishRun: async (runId, attempt) => legacy?.finishRun(runId, attempt),
    async shutdown(timeoutMs) {
      uninstrument();
      await legacy?.stop();
      await tracing.shutdown(timeoutMs);
    },
  };
}
