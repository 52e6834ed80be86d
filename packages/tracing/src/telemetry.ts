import { join } from 'node:path';
import { type ModuleInfo, version } from '@agento/contracts';
import { createRedactor, withoutCredentials } from '@agento/redaction';
import { type Tracer, trace } from '@opentelemetry/api';
import type { SpanProcessor } from '@opentelemetry/sdk-trace';
import { createDelivery, type Delivery, type DeliveryStats } from './delivery/index.ts';
import { instrumentServer } from './instrumentations.ts';
import { startLegacy } from './legacy/index.ts';
import { startSdk } from './provider.ts';
import { createResource } from './resource.ts';
import { settings } from './settings.ts';
import { readTelemetryEnvironment } from './variables.ts';

/** Where telemetry says what happens to it: the service's own logger. */
export interface TelemetryLog {
  warn(fields: object, text: string): void;
  info(fields: object, text: string): void;
}

export interface TelemetryOptions {
  module: ModuleInfo;
  env: NodeJS.ProcessEnv;
  /** Folder the spool and legacy files go under. */
  dataDir: string;
  log?: TelemetryLog;
  /** Secrets the process has loaded, removed from everything that leaves it. */
  secrets?: string[];
  /** Further processors, after redaction; how tests collect spans. */
  processors?: SpanProcessor[];
}

/** The process's telemetry, running. */
export interface Telemetry {
  tracer: Tracer;
  /** Where spans are sent, without credentials; null while export is disabled. */
  endpoint: string | null;
  /** What became of every span that ended; null while export is disabled. */
  stats(): DeliveryStats | null;
  flush(): Promise<void>;
  /** Writes the legacy file of an attempt at a run (TRACE_LEGACY); does nothing without. Never rejects. */
  finishRun(runId: string, attempt?: number): Promise<void>;
  /** Sends or spools what is left within the time, in milliseconds. Never rejects, never hangs. */
  shutdown(timeoutMs: number): Promise<void>;
}

/**
 * Starts tracing for a module's process, from the environment. Call it before the HTTP server is made.
 * Throws an EnvironmentError for a wrong variable; a collector that is not there is no error.
 */
export function startTelemetry(options: TelemetryOptions): Telemetry {
  const env = readTelemetryEnvironment(options.env);
  settings.content = env.OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT !== 'NO_CONTENT';
  settings.compressionThreshold = env.TRACE_COMPRESSION_THRESHOLD;
  settings.redactor = createRedactor({ secrets: options.secrets ?? [] });
  const scopeName = `agento.module${options.module.number}`;
  if (!env.enabled) return withoutTracing(trace.getTracer(scopeName, version));

  let delivery: Delivery | null = null;
  if (env.tracesUrl) {
    delivery = createDelivery({
      url: env.tracesUrl,
      headers: env.headers,
      tls: env.tls,
      compression: env.compression,
      proxies: env.proxies,
      spoolDirectory: env.AGENTO_SPOOL_MAX_BYTES > 0 ? join(options.dataDir, 'spool') : null,
      maxSpoolBytes: env.AGENTO_SPOOL_MAX_BYTES,
      scheduledDelayMs: env.OTEL_BSP_SCHEDULE_DELAY,
      maxBatchSpans: env.OTEL_BSP_MAX_EXPORT_BATCH_SIZE,
      ...(env.exportTimeoutMs && { exportTimeoutMs: env.exportTimeoutMs }),
      ...(options.log && { log: options.log }),
    });
  }
  const sdk = startSdk({
    resource: createResource({
      serviceName: `${env.OTEL_SERVICE_NAME_PREFIX}-Module-${options.module.number}`,
      module: options.module,
      environment: env.deploymentEnvironment,
      content: settings.content,
      given: env.resourceAttributes,
      namespace: 'agento',
    }),
    sampler: env.sampler,
    propagators: env.OTEL_PROPAGATORS,
    logLevel: env.OTEL_LOG_LEVEL,
    delivery,
    consoleExport: env.consoleExport,
    processors: options.processors,
    log: options.log,
  });
  const uninstrument = instrumentServer(trace.getTracerProvider());
  const legacy = env.TRACE_LEGACY ? startLegacy(options) : null;
  return {
    tracer: trace.getTracer(scopeName, version),
    endpoint: env.tracesUrl && withoutCredentials(env.tracesUrl),
    stats: () => delivery?.stats() ?? null,
    flush: sdk.flush,
    finishRun: async (runId, attempt) => legacy?.finishRun(runId, attempt),
    async shutdown(timeoutMs) {
      uninstrument();
      await legacy?.stop();
      await sdk.end(timeoutMs);
    },
  };
}

function withoutTracing(tracer: Tracer): Telemetry {
  return {
    tracer,
    endpoint: null,
    stats: () => null,
    flush: async () => {},
    finishRun: async () => {},
    shutdown: async () => {},
  };
}
