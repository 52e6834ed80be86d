import {
  type TracerProvider as ApiTracerProvider,
  context,
  DiagLogLevel,
  diag,
  propagation,
  trace,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import type { Resource } from '@opentelemetry/resources';
import {
  AlwaysOnSampler,
  ConsoleSpanExporter,
  ParentBasedSampler,
  SimpleSpanProcessor,
  type SpanProcessor,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { AnchoredClock } from './anchored-clock.ts';
import type { Delivery, DeliveryLog } from './delivery/index.ts';
import { RedactingProcessor } from './redacting-processor.ts';
import { SecretFreePropagator } from './secret-free-propagator.ts';

/** The SDK's default of 128 would drop the oldest events and links and the newest attributes, silently. */
export const spanLimits = {
  attributeCountLimit: 1_024,
  eventCountLimit: 4_096,
  linkCountLimit: 4_096,
  attributePerEventCountLimit: 256,
  attributePerLinkCountLimit: 128,
};

/** Makes the SDK's provider: sampled where a trace begins, on one clock, redacted before anything else sees a span. */
export function createProvider(of: {
  resource: Resource;
  /** Share of traces recorded, 0 to 1. */
  sampleRate: number;
  delivery: Delivery | null;
  consoleExport: boolean;
  /** Further processors, after redaction. */
  processors?: SpanProcessor[] | undefined;
}): TracerProvider {
  const root = of.sampleRate < 1 ? new TraceIdRatioBasedSampler(of.sampleRate) : new AlwaysOnSampler();
  return new TracerProvider({
    resource: of.resource,
    sampler: new ParentBasedSampler({ root }),
    spanLimits,
    spanProcessors: [
      new AnchoredClock(),
      new RedactingProcessor(),
      ...(of.delivery ? [of.delivery.processor] : []),
      ...(of.consoleExport ? [new SimpleSpanProcessor({ exporter: new ConsoleSpanExporter() })] : []),
      ...(of.processors ?? []),
    ],
  });
}

/** Makes the provider the process's own; returns how to undo that. */
export function register(provider: ApiTracerProvider, log?: DeliveryLog): () => void {
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
  propagation.setGlobalPropagator(new SecretFreePropagator(new W3CTraceContextPropagator()));
  trace.setGlobalTracerProvider(provider);
  return () => {
    trace.disable();
    context.disable();
    propagation.disable();
    diag.disable();
  };
}

/** Sends or spools what is left within the time, in milliseconds. Never rejects, never hangs. */
export async function endProvider(
  provider: TracerProvider,
  delivery: Delivery | null,
  timeoutMs: number,
): Promise<void> {
  await delivery?.shutdown(timeoutMs);
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, timeoutMs);
  // The SDK rejects whenever the collector is gone; what was lost is in the figures already.
  await Promise.race([provider.shutdown().catch(() => undefined), late]);
  clearTimeout(timer);
}
