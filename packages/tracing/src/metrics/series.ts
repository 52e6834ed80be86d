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
  return (operation) => {
    let key = '';
    for (const { name, numberOf } of attributes) key += `${numberOf(attributeOf(operation, name))},`;
    let series = known.get(key);
    if (!series) {
      series = seriesOf(operation, key.split(',').map(Number));
      known.set(key, series);
    }
    return series;
  };
}

function attributeOf({ attributes, errorType }: EndedOperation, name: string): AttributeValue | undefined {
  if (name === metricAttribute.tokenModality) return 'unknown';
  return name === attribute.errorType ? (errorType ?? undefined) : attributes[name];
}

/** Gives each value a number: 0 to none, 1 to all that are too long or too many. */
function numbered(): (value: unknown) => number {
  const known = new Map<unknown, number>([[undefined, 0]]);
  return (value) => {
    const number = known.get(value);
    if (number !== undefined) return number;
    if (known.size > most.values || String(value).length > most.length) return 1;
    known.set(value, known.size + 1);
    return known.size;
  };
}

function seriesOf(operation: EndedOperation, numbers: number[]): Series {
  const values = new Map(
    names.map((name, place) => [name, numbers[place] === 1 ? other : attributeOf(operation, name)]),
  );
  return new Map(
    metrics.map((metric) => {
      const attributes = metric.attributes.map((name) => [name, values.get(name)] as const);
      return [metric, Object.fromEntries(attributes.filter(([, value]) => value !== undefined))];
    }),
  );
}
