import {
  genAiMetrics,
  type Measurement,
  type MeasurementSink,
  type MetricDefinition,
  prometheusLabel,
  prometheusName,
} from '@agento/tracing/metrics';
import { Counter, Histogram, type Registry, type RegistryContentType } from 'prom-client';

type Take = (measurement: Measurement) => void;

/** The metrics of the GenAI conventions in Prometheus, each value with its span as exemplar. */
export function genAiSink(registers: Registry<RegistryContentType>[]): MeasurementSink {
  const takers = new Map<MetricDefinition, Take>(
    Object.values(genAiMetrics).map((metric) => [metric, takerOf(metric, registers)]),
  );
  return {
    record(measurement) {
      takers.get(measurement.metric)?.(measurement);
    },
  };
}

function takerOf(metric: MetricDefinition, registers: Registry<RegistryContentType>[]): Take {
  const labels = metric.attributes.map((attribute) => ({ attribute, label: prometheusLabel(attribute) }));
  const labelled = (attributes: Measurement['attributes']) => {
    const values: Record<string, string> = {};
    for (const { attribute, label } of labels) {
      const value = attributes[attribute];
      if (value !== undefined) values[label] = String(value);
    }
    return values;
  };
  const given = ({ attributes, value, span }: Measurement) => ({
    labels: labelled(attributes),
    value,
    ...(span && { exemplarLabels: { ...span } }),
  });
  const common = {
    name: prometheusName(metric),
    help: metric.description,
    labelNames: labels.map(({ label }) => label),
    enableExemplars: true,
    registers,
  };
  if (metric.instrument === 'counter') {
    const counter = new Counter(common);
    return (measurement) => counter.inc(given(measurement));
  }
  const histogram = new Histogram({ ...common, buckets: [...(metric.buckets ?? [])] });
  return (measurement) => histogram.observe(given(measurement));
}
