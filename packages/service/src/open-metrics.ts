import { Registry, type RegistryContentType } from 'prom-client';

/** Media type of the format. */
export const openMetricsType = Registry.OPENMETRICS_CONTENT_TYPE;

/** A metric as the registry gives it; its types leave out what only some metrics have. */
interface Metric {
  name: string;
  help: string;
  type: string;
  values: Value[];
}

interface Value {
  value: number;
  labels: Partial<Record<string, string | number>>;
  /** `…_bucket`, `…_sum` or `…_count`; default: the metric's own name. */
  metricName?: string;
  exemplar?: { labelSet: Record<string, string>; value: number; timestamp: number } | null;
}

/** Whether a request's Accept header names the format; Prometheus, which reads both, names it first. */
export function wantsOpenMetrics(accept = ''): boolean {
  return accept
    .split(',')
    .some(
      (type) =>
        /^\s*application\/openmetrics-text\s*(;|$)/i.test(type) && !/;\s*q=0(\.0*)?\s*(;|$)/.test(type),
    );
}

/**
 * The registry's metrics in the OpenMetrics text format, with exemplars. The registry's own writer of it renames its
 * counters for good, also in the other format, and cannot write both formats at the same time.
 */
export async function openMetrics(registry: Registry<RegistryContentType>): Promise<string> {
  const metrics = (await registry.getMetricsAsJSON()) as unknown as Metric[];
  return `${metrics.map(family).join('')}# EOF\n`;
}

function family({ name, help, type, values }: Metric): string {
  const isCounter = type === 'counter';
  const own = isCounter ? name.replace(/_total$/, '') : name;
  const samples = values.map(
    ({ metricName = isCounter ? `${own}_total` : own, labels, value, exemplar }) =>
      `${metricName}${labelled(labels)} ${shown(value)}${exemplar ? exampled(exemplar) : ''}\n`,
  );
  return `# TYPE ${own} ${type}\n# HELP ${own} ${escaped(help)}\n${samples.join('')}`;
}

function exampled({ labelSet, value, timestamp }: NonNullable<Value['exemplar']>): string {
  return ` # ${labelled(labelSet) || '{}'} ${shown(value)} ${timestamp}`;
}

function labelled(labels: Value['labels']): string {
  const pairs = Object.entries(labels)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}="${escaped(name === 'le' ? bound(value) : String(value))}"`);
  return pairs.length > 0 ? `{${pairs.join(',')}}` : '';
}

/** The format wants bounds as floating-point numbers: `1.0`. */
function bound(value: string | number | undefined): string {
  return Number.isInteger(value) ? Number(value).toFixed(1) : String(value);
}

function shown(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  return Number.isFinite(value) ? String(value) : value > 0 ? '+Inf' : '-Inf';
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}
