import type { Delivery, DeliveryLog } from '@agento/delivery';
import { context, DiagLogLevel, diag, propagation, type TextMapPropagator, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { CompositePropagator, W3CBaggagePropagator } from '@opentelemetry/core';
import { B3InjectEncoding, B3Propagator } from '@opentelemetry/propagator-b3';
import type { Resource } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ConsoleSpanExporter,
  ParentBasedSampler,
  type Sampler,
  SimpleSpanProcessor,
  type SpanProcessor,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { AnchoredClock } from './anchored-clock.ts';
import type { SamplerChoice } from './environment/sampler.ts';
import { KeptIds, KeptSampling } from './interrupted.ts';
import { KindProcessor } from './openinference.ts';
import { RandomFlagProvider } from './random-flag.ts';
import { RulesAgain, SpanRules, writesAtTheEnd } from './sdk/span-rules.ts';
import { SecretFreePropagator } from './secret-free-propagator.ts';
import { keepSettings, registerSettings, type Settings } from './settings.ts';
import { NotingProcessor, type SpanObserver } from './span-note.ts';
import { TraceContextPropagator } from './trace-context-propagator.ts';
import type { TelemetryEnvironment } from './variables.ts';

/** The SDK's default of 128 would silently drop the oldest events and links and the newest attributes. */
export const spanLimits = {
  attributeCountLimit: 1_024,
  eventCountLimit: 4_096,
  linkCountLimit: 4_096,
  attributePerEventCountLimit: 256,
  attributePerLinkCountLimit: 128,
};

/** The SDK, registered as the process's own. */
export interface RunningSdk {
  /** Delivers what has ended so far. Never rejects. */
  flush(): Promise<void>;
  /** Sends or spools the rest within the time, in milliseconds. Never rejects, never hangs. */
  end(timeoutMs: number): Promise<void>;
}

/**
 * Registers OpenTelemetry's tracer provider, context manager and propagator: sampled where a trace begins, on one clock,
 * redacted before anything else sees a span. Nothing reads the process's environment but our own table of variables.
 */
export function startSdk(of: {
  environment: TelemetryEnvironment;
  settings: Settings;
  resource: Resource;
  delivery: Delivery | null;
  /** Further processors, after redaction. */
  processors: SpanProcessor[] | undefined;
  log: DeliveryLog | undefined;
  notes: SpanObserver | undefined;
}): RunningSdk {
  const { environment, settings } = of;
  const spanProcessors = [
    new AnchoredClock(),
    new KindProcessor(),
    new SpanRules(settings),
    ...(of.notes ? [new NotingProcessor(of.notes, of.delivery === null)] : []),
    ...(of.delivery ? [of.delivery.processor] : []),
    ...(environment.consoleExport ? [new SimpleSpanProcessor({ exporter: new ConsoleSpanExporter() })] : []),
    ...(of.processors ?? []),
    ...(of.processors?.some(writesAtTheEnd) ? [new RulesAgain(settings)] : []),
  ];
  const provider = new TracerProvider({
    resource: of.resource,
    sampler: new KeptSampling(samplerOf(environment.sampler)),
    spanLimits,
    idGenerator: new KeptIds(),
    spanProcessors,
  });
  logDiagnostics(environment.OTEL_LOG_LEVEL, of.log);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(
    new SecretFreePropagator(
      new CompositePropagator({ propagators: propagatorsOf(environment.OTEL_PROPAGATORS) }),
    ),
  );
  trace.setGlobalTracerProvider(new RandomFlagProvider(provider));
  registerSettings(settings);
  return {
    async flush() {
      await Promise.allSettled(spanProcessors.map((processor) => processor.forceFlush()));
    },
    async end(timeoutMs) {
      for (const api of [trace, context, propagation, diag]) api.disable();
      keepSettings(settings);
      await of.delivery?.shutdown(timeoutMs);
      const { promise: late, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, timeoutMs);
      // The SDK rejects whenever the collector is gone; what was lost is in the figures already.
      await Promise.race([provider.shutdown().catch(() => undefined), late]);
      clearTimeout(timer);
    },
  };
}

function samplerOf({ name, ratio }: SamplerChoice): Sampler {
  const root = name.endsWith('always_off')
    ? new AlwaysOffSampler()
    : name.endsWith('always_on') || ratio === 1
      ? new AlwaysOnSampler()
      : new TraceIdRatioBasedSampler(ratio);
  return name.startsWith('parentbased_') ? new ParentBasedSampler({ root }) : root;
}

/** If a call carries several formats, the last in the list wins: W3C's, which hops always carry. */
function propagatorsOf(names: TelemetryEnvironment['OTEL_PROPAGATORS']): TextMapPropagator[] {
  return [
    ...(names.includes('b3') ? [new B3Propagator()] : []),
    ...(names.includes('b3multi')
      ? [new B3Propagator({ injectEncoding: B3InjectEncoding.MULTI_HEADER })]
      : []),
    ...(names.includes('baggage') ? [new W3CBaggagePropagator()] : []),
    new TraceContextPropagator(),
  ];
}

/** OpenTelemetry's own messages, to the log instead of the console. */
function logDiagnostics(level: TelemetryEnvironment['OTEL_LOG_LEVEL'], log?: DeliveryLog): void {
  const warn = (text: string, ...rest: unknown[]) => log?.warn({ rest: rest.map(String) }, text);
  const info = (text: string, ...rest: unknown[]) => log?.info({ rest: rest.map(String) }, text);
  diag.setLogger(
    { error: warn, warn, info, debug: info, verbose: info },
    {
      logLevel: DiagLogLevel[level.toUpperCase() as keyof typeof DiagLogLevel],
      suppressOverrideMessage: true,
    },
  );
}
