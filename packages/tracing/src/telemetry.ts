import { join } from 'node:path';
import { type ModuleInfo, version } from '@agento/contracts';
import {
  type TracerProvider as ApiTracerProvider,
  context,
  DiagLogLevel,
  diag,
  propagation,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  AlwaysOnSampler,
  ConsoleSpanExporter,
  ParentBasedSampler,
  SimpleSpanProcessor,
  type SpanProcessor,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { createDelivery, type Delivery, type DeliveryStats } from './delivery/index.ts';
import { instrumentServer } from './instrumentations.ts';
import { RedactingProcessor } from './redacting-processor.ts';
import { createRedactor } from './redaction/index.ts';
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
  /** Where spans are sent; null while export is disabled. */
  endpoint: string | null;
  /** What became of every span that ended; null while export is disabled. */
  stats(): DeliveryStats | null;
  flush(): Promise<void>;
  /** Sends or spools what is left within the time, in milliseconds. Never rejects, never hangs. */
  shutdown(timeoutMs: number): Promise<void>;
}

/** The SDK's default of 128 would drop the oldest events and links and the newest attributes, silently. */
export const spanLimits = {
  attributeCountLimit: 1_024,
  eventCountLimit: 4_096,
  linkCountLimit: 4_096,
  attributePerEventCountLimit: 256,
  attributePerLinkCountLimit: 128,
};

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
  if (!env.AGENTO_TRACING_ENABLED) return withoutTracing(trace.getTracer(scopeName, version));

  let delivery: Delivery | null = null;
  if (env.tracesUrl) {
    delivery = createDelivery({
      url: env.tracesUrl,
      headers: env.headers,
      spoolDirectory: env.AGENTO_SPOOL_MAX_BYTES > 0 ? join(options.dataDir, 'spool') : null,
      maxSpoolBytes: env.AGENTO_SPOOL_MAX_BYTES,
      scheduledDelayMs: env.OTEL_BSP_SCHEDULE_DELAY,
      maxBatchSpans: env.OTEL_BSP_MAX_EXPORT_BATCH_SIZE,
      exportTimeoutMs: env.OTEL_BSP_EXPORT_TIMEOUT,
      ...(options.log && { log: options.log }),
    });
  }
  const provider = new TracerProvider({
    resource: createResource({
      serviceName: `${env.OTEL_SERVICE_NAME_PREFIX}-Module-${options.module.number}`,
      module: options.module,
      environment: env.DEPLOYMENT_ENV,
      content: settings.content,
      namespace: 'agento',
    }),
    sampler:
      env.AGENTO_TRACE_SAMPLE_RATE < 1
        ? new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(env.AGENTO_TRACE_SAMPLE_RATE) })
        : new ParentBasedSampler({ root: new AlwaysOnSampler() }),
    spanLimits,
    spanProcessors: [
      new RedactingProcessor(),
      ...(delivery ? [delivery.processor] : []),
      ...(env.OTEL_CONSOLE_EXPORT ? [new SimpleSpanProcessor({ exporter: new ConsoleSpanExporter() })] : []),
      ...(options.processors ?? []),
    ],
  });
  const disable = register(provider, options.log);
  return {
    tracer: provider.getTracer(scopeName, version),
    endpoint: env.tracesUrl,
    stats: () => delivery?.stats() ?? null,
    flush: () => provider.forceFlush().catch(() => undefined),
    async shutdown(timeoutMs) {
      disable();
      await delivery?.shutdown(timeoutMs);
      // The SDK rejects whenever the collector is gone; what was lost is in the figures already.
      await Promise.race([provider.shutdown().catch(() => undefined), pause(timeoutMs)]);
    },
  };
}

/** Makes the provider the process's own; returns how to undo that. */
export function register(provider: TracerProvider & ApiTracerProvider, log?: TelemetryLog): () => void {
  diag.setLogger(
    {
      error: (text, ...rest) => log?.warn({ rest: rest.map(String) }, text),
      warn: (text, ...rest) => log?.warn({ rest: rest.map(String) }, text),
      info: () => {},
      debug: () => {},
      verbose: () => {},
    },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(provider);
  const uninstrument = instrumentServer(provider);
  return () => {
    uninstrument();
    trace.disable();
    context.disable();
    propagation.disable();
    diag.disable();
  };
}

function withoutTracing(tracer: Tracer): Telemetry {
  return { tracer, endpoint: null, stats: () => null, flush: async () => {}, shutdown: async () => {} };
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}
