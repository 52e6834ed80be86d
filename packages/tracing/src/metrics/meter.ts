import type { Attributes } from '@opentelemetry/api';
import type { SpanReference } from '../lineage.ts';
import { attribute, metricAttribute } from '../names.ts';
import { genAiMetrics, type MetricDefinition } from './definitions.ts';
import type { EndedOperation } from './measured-span.ts';
import { knownValues } from './values.ts';

/** One value of one metric. */
export interface Measurement {
  metric: MetricDefinition;
  /** In the metric's unit. */
  value: number;
  /** Only those the metric's definition has. */
  attributes: Attributes;
  /** What the value is an example of. */
  span: SpanReference | null;
}

/** Where measurements go. */
export interface MeasurementSink {
  record(measurement: Measurement): void;
}

/** Measures operations that have ended, for all sinks alike. */
export function createMeter(sinks: MeasurementSink[]): (operation: EndedOperation) => void {
  const bounded = knownValues();
  return (operation) => {
    const { span, errorType } = operation;
    const attributes: Attributes = {
      ...operation.attributes,
      [metricAttribute.tokenModality]: 'unknown',
      ...(errorType !== null && { [attribute.errorType]: errorType }),
    };
    for (const [metric, value] of valuesOf(operation)) {
      const measurement = { metric, value, span, attributes: bounded(attributes, metric.attributes) };
      for (const sink of sinks) sink.record(measurement);
    }
  };
}

function valuesOf({ attributes, seconds, tokens }: EndedOperation): [MetricDefinition, number][] {
  const operation = attributes[attribute.genAiOperation];
  if (operation === 'invoke_agent') return [[genAiMetrics.agentDuration, seconds]];
  if (operation === 'execute_tool') return [[genAiMetrics.toolDuration, seconds]];
  if (operation !== 'chat') return [];
  const { input, output, cacheRead, cacheCreation, reasoning } = tokens ?? { input: null, output: null };
  const known = (metric: MetricDefinition, value: number | null | undefined): [MetricDefinition, number][] =>
    value == null ? [] : [[metric, value]];
  return [
    [genAiMetrics.inferenceDuration, seconds],
    // The conventions want a zero where nothing was reported, so that the series exists.
    [genAiMetrics.inputTokens, input ?? 0],
    [genAiMetrics.outputTokens, output ?? 0],
    ...known(genAiMetrics.cacheReadTokens, cacheRead),
    ...known(genAiMetrics.cacheWriteTokens, cacheCreation),
    ...known(genAiMetrics.reasoningTokens, reasoning),
    ...known(genAiMetrics.inputTokensOfCall, input),
    ...known(genAiMetrics.outputTokensOfCall, output),
  ];
}
