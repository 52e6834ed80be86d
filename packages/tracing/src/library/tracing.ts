import { createRedactor, secretsOfEnvironment, secretsOfUrl, withoutCredentials } from '@agento/redaction';
import { ProxyTracerProvider, trace } from '@opentelemetry/api';
import { createDelivery, type Delivery, type DeliveryLog, type DeliveryStats } from '../delivery/index.ts';
import { startSdk } from '../provider.ts';
import { createResource } from '../resource.ts';
import { settings } from '../settings.ts';
import type { TracingConfig } from './config.ts';
import { type ResolvedConfig, resolveConfig } from './resolve.ts';
import { type AgentTracer, agentTracer } from './tracer.ts';

/** Tracing under way. */
export interface Tracing {
  tracer: AgentTracer;
  /** Where spans are sent, without credentials; null: nowhere. */
  endpoint: string | null;
  /** What became of every span; null where none are sent. */
  stats(): DeliveryStats | null;
  /** Sends what has ended so far. Never rejects. */
  flush(): Promise<void>;
  /** Sends (or spools) what is left and ends tracing; takes at most that long, default 5,000 ms. Never rejects. */
  shutdown(timeoutMs?: number): Promise<void>;
}

let initialised = false;
let warned = false;

/**
 * Starts tracing for this process. A field that is left out is taken from the environment (AGENTO_…, OTEL_…), then
 * from its default. Spans that have ended are sent when the script comes to its end; call `shutdown` where
 * `process.exit` or a signal ends it.
 *
 * @throws TracingConfigError naming each wrong field or variable and what is allowed
 * @throws Error where OpenTelemetry has been started in this process already
 */
export function initializeTracing(config: TracingConfig = {}, env: NodeJS.ProcessEnv = process.env): Tracing {
  const resolved = resolveConfig(config, env);
  if (initialised || hasProvider()) {
    throw new Error(
      'OpenTelemetry is running in this process already: use getTracer(), or shut the other down first',
    );
  }
  const log = config.log ?? warnings;
  if (!resolved.enabled) return withoutTracing();

  const { telemetry, tracesUrl } = resolved;
  settings.content = telemetry.OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT !== 'NO_CONTENT';
  settings.compressionThreshold = telemetry.TRACE_COMPRESSION_THRESHOLD;
  settings.redactor = createRedactor({
    secrets: [...secretsOfEnvironment(env), ...secretsOfUrl(tracesUrl ?? ''), ...(config.secrets ?? [])],
  });
  const delivery = tracesUrl === null ? null : deliveryTo(tracesUrl, resolved, config, log);
  const sdk = startSdk({
    resource: createResource({
      serviceName: resolved.serviceName,
      serviceVersion: config.serviceVersion ?? telemetry.resourceAttributes['service.version'] ?? 'unknown',
      environment: telemetry.deploymentEnvironment,
      content: settings.content,
      given: telemetry.resourceAttributes,
    }),
    sampler: resolved.sampler,
    propagators: telemetry.OTEL_PROPAGATORS,
    logLevel: telemetry.OTEL_LOG_LEVEL,
    delivery,
    consoleExport: resolved.consoleExport,
    processors: config.processors,
    log,
  });
  initialised = true;
  if (!delivery && !resolved.exportDisabled && !resolved.consoleExport && !config.processors) {
    log.warn({}, 'Spans are made but sent nowhere: set otlpEndpoint or OTEL_EXPORTER_OTLP_ENDPOINT');
  }

  let ending: Promise<void> | null = null;
  const shutdown = (timeoutMs = 5_000) => {
    ending ??= (async () => {
      process.off('beforeExit', atEnd);
      initialised = false;
      await sdk.end(timeoutMs);
    })();
    return ending;
  };
  const atEnd = () => void shutdown();
  process.once('beforeExit', atEnd);
  return {
    tracer: agentTracer,
    endpoint: tracesUrl && withoutCredentials(tracesUrl),
    stats: () => delivery?.stats() ?? null,
    flush: sdk.flush,
    shutdown,
  };
}

/** The process's tracer. Before `initializeTracing` it does nothing, and says so once. */
export function getTracer(): AgentTracer {
  if (!initialised && !warned && !hasProvider()) {
    warned = true;
    process.emitWarning('Tracing is not initialised, spans go nowhere: call initializeTracing() first', {
      code: 'AGENTO_TRACING_NOT_INITIALISED',
    });
  }
  return agentTracer;
}

function deliveryTo(
  url: string,
  resolved: ResolvedConfig,
  { spoolDirectory = null }: TracingConfig,
  log: DeliveryLog,
): Delivery {
  const { telemetry, maxBatchSpans, scheduledDelayMs, exportTimeoutMs } = resolved;
  return createDelivery({
    url,
    headers: telemetry.headers,
    tls: telemetry.tls,
    compression: telemetry.compression,
    proxies: telemetry.proxies,
    spoolDirectory: telemetry.AGENTO_SPOOL_MAX_BYTES > 0 ? spoolDirectory : null,
    maxSpoolBytes: telemetry.AGENTO_SPOOL_MAX_BYTES,
    scheduledDelayMs,
    maxBatchSpans,
    exportTimeoutMs,
    log,
  });
}

/** Whether somebody, such as startTelemetry or an SDK of the user's own, has registered a provider. */
function hasProvider(): boolean {
  const provider = trace.getTracerProvider();
  return !(provider instanceof ProxyTracerProvider) || provider.getDelegateTracer('') !== undefined;
}

function withoutTracing(): Tracing {
  initialised = true;
  return {
    tracer: agentTracer,
    endpoint: null,
    stats: () => null,
    flush: async () => {},
    shutdown: async () => {
      initialised = false;
    },
  };
}

const warnings: DeliveryLog = {
  warn: (fields, text) =>
    process.emitWarning(Object.keys(fields).length > 0 ? `${text} ${JSON.stringify(fields)}` : text, {
      code: 'AGENTO_TRACING',
    }),
  info: () => {},
};
