import type { Attributes, AttributeValue } from '@opentelemetry/api';
import { attribute, metricAttribute } from '../names.ts';
import { genAiMetrics, type MetricDefinition } from './definitions.ts';
import type { EndedOperation } from './measured-span.ts';

/** Most values of an attribute, and most characters of one. */
const most = { values: 100, length: 128 };

/** The conventions' value for what has no name of its own. */
const other = '_OTHER';

const metrics: readonly MetricDefinition[] = Object.values(genAiMetrics);
const names = [...new Set(metrics.flatMap(({ attributes }) => attributes))];

/** The attributes of an operation's measurements, by metric: equal values give the very same object. */
export type Series = ReadonlyMap<MetricDefinition, Attributes>;

/**
 * Picks each metric's attributes, with a bounded number of values of each: model names and error codes come from endpoints,
 * and every new one would be a series that is kept for as long as the process lives.
 */
export function knownSeries(): (operation: EndedOperation) => Series {
  const attributes = names.map((name) => ({ name, numberOf: numbered() }));
  const known = new Map<string, Series>();
  const attributesOf = shared();
  return (operation) => {
    let key = '';
    for (const { name, numberOf } of attributes) key += `${numberOf(attributeOf(operation, name))},`;
    let series = known.get(key);
    if (!series) {
      series = seriesOf(operation, key.split(',').map(Number), attributesOf);
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
 * Gives each value a number: 0 to none, 1 to all that are too long or too many. Values that read the same are one, and an
 * empty one is none: to Prometheus their series would be the same one twice.
 */
function numbered(): (value: AttributeValue | undefined) => number {
  const known = new Map<string, number>([
    ['', 0],
    [other, 1],
  ]);
  const room = most.values + known.size;
  return (value = '') => {
    const text = String(value);
    const number = known.get(text);
    if (number !== undefined) return number;
    if (known.size >= room || text.length > most.length) return 1;
    known.set(text, known.size);
    return known.size - 1;
  };
}

/** An operation's metrics leave out different attributes: operations that differ in these only share the metric's. */
function shared(): (metric: MetricDefinition, values: Map<string, NumberedValue>) => Attributes {
  const known = new Map<string, Attributes>();
  return (metric, values) => {
    const own = metric.attributes.map((name) => [name, values.get(name)] as const);
    const key = [metric.name, ...own.map(([, value]) => value?.number)].join();
    let attributes = known.get(key);
    if (!attributes) {
      const given = own.flatMap(([name, value]) => (value?.number ? [[name, value.value] as const] : []));
      // All sinks get it, and keep it.
      attributes = Object.freeze(Object.fromEntries(given));
      known.set(key, attributes);
    }
    return attributes;
  };
}

interface NumberedValue {
  number: number;
  value: AttributeValue | undefined;
}

function seriesOf(
  operation: EndedOperation,
  numbers: number[],
  attributesOf: ReturnType<typeof shared>,
): Series {
  const values = new Map(
    names.map((name, place) => {
      const number = numbers[place] ?? 0;
      return [name, { number, value: number === 1 ? other : attributeOf(operation, name) }];
    }),
  );
  return new Map(metrics.map((metric) => [metric, attributesOf(metric, values)]));
}
