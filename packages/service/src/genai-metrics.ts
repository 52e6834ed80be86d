import {
  genAiMetrics,
  type Measurement,
  type MeasurementSink,
  type MetricDefinition,
  prometheusLabel,
  prometheusName,
} from '@agento/tracing/metrics';
import type { Metric, Registry, RegistryContentType } from 'prom-client';

type Labels = Record<string, string | number>;

/** A value as prom-client wants it. */
interface Sample {
  /** With `_bucket`, `_sum` or `_count`; a counter's is the metric's. */
  metricName: string;
  labels: Labels;
  value: number;
  exemplar?: Exemplar | undefined;
}

interface Exemplar {
  labelSet: Labels;
  value: number;
  /** Seconds since 1970. */
  timestamp: number;
}

/** What was measured with the same attributes. */
interface Series {
  labels: Labels;
  sum: number;
  /** By bucket; the last one has no upper bound, and is all that a counter has. */
  counts: number[];
  /** The latest of each bucket. */
  exemplars: (Exemplar | undefined)[];
}

/** The metrics of the GenAI conventions in Prometheus, each value with its span as exemplar. */
export function genAiSink(registry: Registry<RegistryContentType>): MeasurementSink {
  const kept = new Map<MetricDefinition, KeptMetric>(
    Object.values(genAiMetrics).map((metric) => [metric, new KeptMetric(metric)]),
  );
  // A registry asks no more of a metric than KeptMetric has.
  for (const metric of kept.values()) registry.registerMetric(metric as unknown as Metric);
  return {
    record(measurement) {
      kept.get(measurement.metric)?.add(measurement);
    },
  };
}

/**
 * A metric of a registry of prom-client. Its own classes write all labels of a value into a text to find its series, twice
 * where there is an exemplar; that was most of what measuring cost a run. Here the attributes are the series: equal ones are
 * the same object.
 */
class KeptMetric {
  readonly name: string;
  readonly help: string;
  readonly type: MetricDefinition['instrument'];
  readonly #bounds: readonly number[];
  readonly #series = new Map<Measurement['attributes'], Series>();

  constructor(metric: MetricDefinition) {
    this.name = prometheusName(metric);
    this.help = metric.description;
    this.type = metric.instrument;
    this.#bounds = metric.buckets ?? [];
  }

  add({ attributes, value, span }: Measurement): void {
    let series = this.#series.get(attributes);
    if (!series) {
      series = this.#newSeries(attributes);
      this.#series.set(attributes, series);
    }
    let bucket = 0;
    while (value > (this.#bounds[bucket] ?? Number.POSITIVE_INFINITY)) bucket += 1;
    series.sum += value;
    series.counts[bucket] = (series.counts[bucket] ?? 0) + 1;
    if (span) series.exemplars[bucket] = { labelSet: { ...span }, value, timestamp: Date.now() / 1_000 };
  }

  async get() {
    const samples = this.type === 'counter' ? this.#totalOf : this.#bucketsOf;
    const values = [...this.#series.values()].flatMap(samples, this);
    return { name: this.name, help: this.help, type: this.type, values, aggregator: 'sum' };
  }

  #newSeries(attributes: Measurement['attributes']): Series {
    const labels: Labels = {};
    for (const [name, value] of Object.entries(attributes)) labels[prometheusLabel(name)] = String(value);
    const buckets = this.#bounds.length + 1;
    return { labels, sum: 0, counts: Array(buckets).fill(0), exemplars: Array(buckets).fill(undefined) };
  }

  #totalOf({ labels, sum, exemplars }: Series): Sample[] {
    return [{ metricName: this.name, labels, value: sum, exemplar: exemplars[0] }];
  }

  #bucketsOf({ labels, sum, counts, exemplars }: Series): Sample[] {
    let below = 0;
    const buckets = counts.map((count, bucket) => {
      below += count;
      const le = this.#bounds[bucket] ?? '+Inf';
      return {
        metricName: `${this.name}_bucket`,
        labels: { le, ...labels },
        value: below,
        exemplar: exemplars[bucket],
      };
    });
    return [
      ...buckets,
      { metricName: `${this.name}_sum`, labels, value: sum },
      { metricName: `${this.name}_count`, labels, value: below },
    ];
  }
}
