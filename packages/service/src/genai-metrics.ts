import {
  genAiMetrics,
  type Measurement,
  type MeasurementSink,
  type MetricDefinition,
  prometheusLabel,
  prometheusName,
} from '@agento/tracing/metrics';
import { Counter, Histogram, type Registry, type RegistryContentType } from 'prom-client';

type Take = (given: {
  labels: Record<string, string>;
  value: number;
  exemplarLabels?: Record<string, string>;
}) => void;

/** The metrics of the GenAI conventions in Prometheus, each value with its span as exemplar. */
export function genAiSink(registers: Registry<RegistryContentType>[]): MeasurementSink {
  const takers = new Map<MetricDefinition, Take>(
    Object.values(genAiMetrics).map((metric) => [metric, takerOf(metric, registers)]),
  );
  return {
    record({ metric, value, attributes, span }) {
      takers.get(metric)?.({
        labels: labelsOf(attributes),
        value,
        ...(span && { exemplarLabels: { ...span } }),
      });
    },
  };
}

function takerOf(metric: MetricDefinition, registers: Registry<RegistryContentType>[]): Take {
  const common = {
    name: prometheusName(metric),
    help: metric.description,
    labelNames: metric.attributes.map(prometheusLabel),
    enableExemplars: true,
    registers,
  };
  if (metric.instrument === 'counter') {
    const counter = new Counter(common);
    return (given) => counter.inc(given);
  }
  const histogram = new Histogram({ ...common, buckets: [...(metric.buckets ?? [])] });
  return (given) => histogram.observe(given);
}

function labelsOf(attributes: Measurement['attributes']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [prometheusLabel(name), String(value)]),
  );
}
