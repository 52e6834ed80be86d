import type { DeliveryLog } from '@agento/delivery';
import type { Attributes } from '@opentelemetry/api';
import type { SpanReference } from '../lineage.ts';
import { attribute, metricAttribute } from '../names.ts';
import { processWarnings } from '../sdk/process-warnings.ts';
import { genAiMetrics, type MetricDefinition } from './definitions.ts';
import type { EndedOperation } from './measured-span.ts';
import { knownSeries, mostSeries, type Series } from './series.ts';

/** One value of one metric. */
export interface Measurement {
  metric: MetricDefinition;
  /** In the metric's unit. */
  value: number;
  /**
   * Only those the metric's definition has, or `otel.metric.overflow` alone. Equal ones are the same object, which a sink may
   * know again.
   */
  attributes: Attributes;
  /** What the value is an example of. */
  span: SpanReference | null;
}

/** Where measurements go. */
export interface MeasurementSink {
  record(measurement: Measurement): void;
}

/** Measures operations that have ended, for all sinks alike. The log is told when a metric has too many series. */
export function createMeter(
  sinks: MeasurementSink[],
  log: Pick<DeliveryLog, 'warn'> = processWarnings,
): (operation: EndedOperation) => void {
  const seriesOf = knownSeries((overflow) =>
    log.warn(
      { ...overflow },
      `metrics have more than ${mostSeries} series: further ones are counted together, as ${metricAttribute.overflow}`,
    ),
  );
  return (operation) => {
    let series: Series | undefined;
    measure(operation, (metric, value) => {
      series ??= seriesOf(operation);
      const measurement = { metric, value, span: operation.span, attributes: series.of(metric) };
      for (const sink of sinks) sink.record(measurement);
    });
  };
}

function measure(
  { attributes, seconds, tokens }: EndedOperation,
  take: (metric: MetricDefinition, value: number) => void,
): void {
  const operation = attributes[attribute.genAiOperation];
  if (operation === 'invoke_agent') take(genAiMetrics.agentDuration, seconds);
  if (operation === 'execute_tool') take(genAiMetrics.toolDuration, seconds);
  if (operation !== 'chat') return;
  take(genAiMetrics.inferenceDuration, seconds);
  // The conventions want a zero where nothing was reported, so that the series exists.
  take(genAiMetrics.inputTokens, tokens?.input ?? 0);
  take(genAiMetrics.outputTokens, tokens?.output ?? 0);
  const known = (metric: MetricDefinition, value: number | null | undefined) => {
    if (value != null) take(metric, value);
  };
  known(genAiMetrics.cacheReadTokens, tokens?.cacheRead);
  known(genAiMetrics.cacheWriteTokens, tokens?.cacheCreation);
  known(genAiMetrics.reasoningTokens, tokens?.reasoning);
  known(genAiMetrics.inputTokensOfCall, tokens?.input);
  known(genAiMetrics.outputTokensOfCall, tokens?.output);
}
