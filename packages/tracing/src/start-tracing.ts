import type { DeliveryLog, DeliveryStats } from '@agento/delivery';
import { createRedactor, withoutCredentials } from '@agento/redaction';
import type { SpanProcessor } from '@opentelemetry/sdk-trace';
import { deliveryOf } from './delivery-of.ts';
import { type AgentTracer, agentTracer } from './library/tracer.ts';
import { redactedLine } from './log-fields.ts';
import { interruptRuns } from './open-runs.ts';
import { startSdk } from './provider.ts';
import { createResource, type ResourceOptions } from './resource.ts';
import { holdPlace, knownOf, type Settings } from './settings.ts';
import type { SpanObserver } from './span-note.ts';
import type { TelemetryEnvironment } from './variables.ts';

/** Running tracing. */
export interface Tracing {
  tracer: AgentTracer;
  /** Where spans are sent, without credentials; null: nowhere. */
  endpoint: string | null;
  /** The fate of every span; null if none are sent. */
  stats(): DeliveryStats | null;
  /** A log line without secrets, including those of the current run; works after tracing has ended, too. */
  redactLine(line: string): string;
  /** Sends what has ended so far. Never rejects. */
  flush(): Promise<void>;
  /** Sends (or spools) the rest and ends tracing; takes at most that long, default 5,000 ms. Never rejects. */
  shutdown(timeoutMs?: number): Promise<void>;
}

export interface TracingOptions {
  /** The environment, combined with a configuration if there is one. */
  environment: TelemetryEnvironment;
  resource: ResourceOptions;
  /** Secrets the process has loaded, removed wherever they appear. */
  secrets: string[];
  /** Folder where spans wait while the collector is down; null: in memory. */
  spoolDirectory: string | null;
  /** Further processors, after redaction. */
  processors: SpanProcessor[] | undefined;
  log: DeliveryLog | undefined;
  /** Who keeps account of the spans that could be lost with this process. */
  notes?: SpanObserver | undefined;
}

/** Starts tracing for this process: what the library and a module's service share, which is nearly everything. */
export function startTracing(options: TracingOptions): Tracing {
  const { environment, spoolDirectory, processors, log, notes } = options;
  const settings: Settings = {
    content: environment.OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT !== 'NO_CONTENT',
    compressionThreshold: environment.TRACE_COMPRESSION_THRESHOLD,
    redactor: createRedactor({ secrets: options.secrets }),
  };
  if (!environment.enabled) return withoutTracing(settings);

  const { redactor } = settings;
  const delivery = deliveryOf({ environment, spoolDirectory, redactor, log, notes });
  const resource = createResource(options.resource, environment, settings);
  const sdk = startSdk({ environment, settings, resource, delivery, processors, log, notes });
  let ending: Promise<void> | null = null;
  const shutdown = (timeoutMs = 5_000) => {
    process.off('beforeExit', atEnd);
    if (!ending) {
      interruptRuns();
      ending = sdk.end(timeoutMs);
    }
    return ending;
  };
  const atEnd = () => void shutdown();
  process.once('beforeExit', atEnd);
  return {
    tracer: agentTracer,
    endpoint: environment.tracesUrl && withoutCredentials(environment.tracesUrl),
    stats: () => delivery?.stats() ?? null,
    redactLine: lineRedactor(settings),
    flush: sdk.flush,
    shutdown,
  };
}

function lineRedactor(settings: Settings) {
  return (line: string) => redactedLine(line, (knownOf() ?? settings).redactor);
}

/** Spans that record nothing; whatever else is written is still free of secrets. */
function withoutTracing(settings: Settings): Tracing {
  const leave = holdPlace(settings);
  return {
    tracer: agentTracer,
    endpoint: null,
    stats: () => null,
    redactLine: lineRedactor(settings),
    flush: async () => {},
    shutdown: async () => leave(),
  };
}
