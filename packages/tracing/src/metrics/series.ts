import type { Attributes, AttributeValue } from '@opentelemetry/api';
import { attribute, metricAttribute } from '../names.ts';
import { genAiMetrics, type MetricDefinition } from './definitions.ts';
import type { EndedOperation } from './measured-span.ts';

/**
 * Most series of a metric, beside that of what is too many: the cardinality limit that OpenTelemetry's metrics SDKs have by
 * default (specification/metrics/sdk.md#cardinality-limits).
 */
export const mostSeries = 2_000;

/** Most values of an attribute, and most characters of one. */
const most = { values: 100, length: 128 };

/** The conventions' value for what has no name of its own. */
const other = '_OTHER';

/** The attributes of all that is too many, by the same specification. */
const overflow: Attributes = Object.freeze({ [metricAttribute.overflow]: true });

const metrics: readonly MetricDefinition[] = Object.values(genAiMetrics);
const names = [...new Set(metrics.flatMap(({ attributes }) => attributes))];

/** Metrics that have as many series as are kept apart, and how many values of each of their attributes there were. */
export interface Overflow {
  metrics: string[];
  values: Record<string, number>;
}

/**
 * Picks each metric's attributes. Model names and error codes come from endpoints, and every new combination would be a series
 * that is kept for as long as the process lives: values and combinations are bounded, for all sinks alike. `overflowed` is told
 * once of each metric that has too many.
 */
export function knownSeries(overflowed: (overflow: Overflow) => void): (operation: EndedOperation) => Series {
  const values = names.map(() => new Values());
  const groups = groupsOf(values, overflowed);
  // Only to be fast: what it no longer has is made anew from the groups, which are bounded themselves.
  const known = new Map<string, Series>();
  return (operation) => {
    let key = '';
    for (let place = 0; place < names.length; place += 1) {
      key += `${values[place]?.numberOf(attributeOf(operation, names[place] ?? ''))},`;
    }
    let series = known.get(key);
    if (!series) {
      if (known.size >= mostSeries) known.clear();
      series = new Series(key.split(',').map(Number), groups);
      known.set(key, series);
    }
    return series;
  };
}

function attributeOf({ attributes, errorType }: EndedOperation, name: string): AttributeValue | undefined {
  if (name === metricAttribute.tokenModality) return 'unknown';
  return name === attribute.errorType ? (errorType ?? undefined) : attributes[name];
}

/**
 * The values of an attribute, each with a number: 0 for none, 1 for all that are too long or too many. Values that read the same
 * are one, and an empty one is none: to Prometheus their series would be the same one twice.
 */
class Values {
  readonly #numbers = new Map<string, number>([
    ['', 0],
    [other, 1],
  ]);
  readonly #values: (AttributeValue | undefined)[] = [undefined, other];

  /** How many were kept apart. */
  get count(): number {
    return this.#values.length - 2;
  }

  numberOf(value: AttributeValue = ''): number {
    const text = String(value);
    const number = this.#numbers.get(text);
    if (number !== undefined) return number;
    if (this.count >= most.values || text.length > most.length) return 1;
    this.#numbers.set(text, this.#values.length);
    return this.#values.push(value) - 1;
  }

  valueOf(number: number): AttributeValue | undefined {
    return this.#values[number];
  }
}

/** The attributes of an operation's measurements, by metric: equal values give the very same object. */
export class Series {
  readonly #numbers: readonly number[];
  readonly #groups: ReadonlyMap<MetricDefinition, Group>;
  /** Those that were asked for: what an operation does not measure takes no room from what does. */
  readonly #attributes = new Map<MetricDefinition, Attributes>();

  constructor(numbers: readonly number[], groups: ReadonlyMap<MetricDefinition, Group>) {
    this.#numbers = numbers;
    this.#groups = groups;
  }

  of(metric: MetricDefinition): Attributes {
    let attributes = this.#attributes.get(metric);
    if (!attributes) {
      attributes = this.#groups.get(metric)?.attributesOf(metric, this.#numbers) ?? overflow;
      this.#attributes.set(metric, attributes);
    }
    return attributes;
  }
}

/**
 * Metrics that the same attributes tell apart have too many series together: what a call used stays in series of one model, or
 * goes to those of the overflow.
 */
class Group {
  readonly metrics: string[] = [];
  readonly #places: readonly number[];
  readonly #values: readonly Values[];
  readonly #overflowed: (overflow: Overflow) => void;
  /** By their numbers, then by the names of a metric's attributes. */
  readonly #known = new Map<string, Map<readonly string[], Attributes>>();
  #isFull = false;

  constructor(
    places: readonly number[],
    values: readonly Values[],
    overflowed: (overflow: Overflow) => void,
  ) {
    this.#places = places;
    this.#values = values;
    this.#overflowed = overflowed;
  }

  attributesOf({ attributes: own }: MetricDefinition, numbers: readonly number[]): Attributes {
    const key = this.#places.map((place) => numbers[place]).join();
    let known = this.#known.get(key);
    if (!known) {
      if (this.#known.size >= mostSeries) return this.#overflow();
      known = new Map();
      this.#known.set(key, known);
    }
    let attributes = known.get(own);
    if (!attributes) {
      const all = own.map((name) => [name, this.#valueOf(names.indexOf(name), numbers)] as const);
      // All sinks get it, and keep it.
      attributes = Object.freeze(Object.fromEntries(all.filter(([, value]) => value !== undefined)));
      known.set(own, attributes);
    }
    return attributes;
  }

  #valueOf(place: number, numbers: readonly number[]): AttributeValue | undefined {
    return this.#values[place]?.valueOf(numbers[place] ?? 0);
  }

  #overflow(): Attributes {
    if (!this.#isFull) {
      this.#isFull = true;
      const counts = this.#places.map((place) => [names[place], this.#values[place]?.count]);
      this.#overflowed({ metrics: this.metrics, values: Object.fromEntries(counts) });
    }
    return overflow;
  }
}

/** The group of each metric. */
function groupsOf(
  values: readonly Values[],
  overflowed: (overflow: Overflow) => void,
): Map<MetricDefinition, Group> {
  const groups = new Map<string, Group>();
  return new Map(
    metrics.map((metric) => {
      // The modality is always the same, and tells nothing apart.
      const telling = metric.attributes.filter((name) => name !== metricAttribute.tokenModality);
      const key = telling.join();
      const group =
        groups.get(key) ??
        new Group(
          telling.map((name) => names.indexOf(name)),
          values,
          overflowed,
        );
      groups.set(key, group);
      group.metrics.push(metric.name);
      return [metric, group];
    }),
  );
}
