import type { Counter, Histogram } from '@opentelemetry/api';
import { ValueType } from '@opentelemetry/api';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import type { Resource } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import type { MetricsTarget, TelemetryEnvironment } from '../variables.ts';
import { genAiMetrics, type MetricDefinition } from './definitions.ts';
import type { MeasurementSink } from './meter.ts';
import { mostSeries } from './series.ts';

/** Metrics on their way to a collector. */
export interface OtlpMetrics extends MeasurementSink {
  /** Sends the rest within the time, in milliseconds. Never rejects, never hangs. */
  shutdown(timeoutMs: number): Promise<void>;
}

type ExporterOptions = NonNullable<ConstructorParameters<typeof OTLPMetricExporter>[0]>;

/** Most time one request may take, in milliseconds, where nothing says less. */
const usualTimeoutMs = 10_000;

/**
 * Sends the GenAI metrics by OTLP, cumulative, until it is shut down. The SDK is loaded with this file: import it where
 * metrics are sent, not before. It keeps no exemplars; those are at /metrics.
 */
export function startOtlpMetrics(of: {
  target: MetricsTarget;
  environment: TelemetryEnvironment;
  resource: Resource;
}): OtlpMetrics {
  const { target, resource } = of;
  const timeoutMs = Math.min(of.environment.exportTimeoutMs ?? usualTimeoutMs, target.intervalMs);
  const exporter = new OTLPMetricExporter(exporterOptions(of, timeoutMs));
  const provider = new MeterProvider({
    resource,
    readers: [
      new PeriodicExportingMetricReader({
        exporter,
        exportIntervalMillis: target.intervalMs,
        exportTimeoutMillis: timeoutMs,
        // The meter has the one limit of all sinks. The SDK's own counts anew after each sending, and so bounds nothing that
        // is cumulative; it would only take series away that /metrics has.
        cardinalityLimits: { default: mostSeries + 2 },
      }),
    ],
  });
  const meter = provider.getMeter('agento');
  const recorders = new Map<MetricDefinition, Counter | Histogram>(
    Object.values(genAiMetrics).map((metric: MetricDefinition) => {
      const { name, instrument, unit, description, buckets = [] } = metric;
      const options = { unit, description, valueType: unit === 's' ? ValueType.DOUBLE : ValueType.INT };
      return [
        metric,
        instrument === 'counter'
          ? meter.createCounter(name, options)
          : meter.createHistogram(name, { ...options, advice: { explicitBucketBoundaries: [...buckets] } }),
      ];
    }),
  );
  return {
    record({ metric, value, attributes }) {
      const recorder = recorders.get(metric);
      if (recorder && 'add' in recorder) recorder.add(value, attributes);
      else recorder?.record(value, attributes);
    },
    async shutdown(timeoutMs) {
      const { promise: late, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, timeoutMs);
      await Promise.race([provider.shutdown().catch(() => undefined), late]);
      clearTimeout(timer);
    },
  };
}

function exporterOptions(
  { target, environment }: { target: MetricsTarget; environment: TelemetryEnvironment },
  timeoutMs: number,
): ExporterOptions {
  const { tls, proxies, compression } = environment;
  return {
    url: target.url,
    headers: target.headers,
    timeoutMillis: timeoutMs,
    compression: compression as NonNullable<ExporterOptions['compression']>,
    temporalityPreference: AggregationTemporality.CUMULATIVE,
    httpAgentOptions: {
      keepAlive: true,
      ...tls,
      ...(proxies && {
        proxyEnv: {
          HTTP_PROXY: proxies.http ?? undefined,
          HTTPS_PROXY: proxies.https ?? undefined,
          NO_PROXY: proxies.except,
        },
      }),
    },
  };
}
