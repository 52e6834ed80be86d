import { documentsIn } from './documents.ts';
import { askJaeger, type JaegerAddress } from './jaeger-api.ts';
import { type Trace, textOf } from './model.ts';
import { NotFoundError } from './not-found.ts';
import { parseTraces } from './otlp-json.ts';
import { jsonOf } from './payload.ts';
import { fieldsIn, listIn, textIn } from './reading/loose.ts';

/** How far back Jaeger is searched where nobody says: it must be told. Milliseconds. */
export const monthBack = 30 * 86_400_000;
/** Most traces of one answer, where more are wanted: an answer is held whole, and may be of many megabytes. */
const mostAtOnce = 20;
/** Most of a time that is not searched in halves. */
const mostOfShort = 10_000;
/** Milliseconds: a shorter time is not searched in halves, or many runs at once would take a search for every moment. */
const shortest = 1_000;
/** Digits of an id after which another that begins so is not looked for. */
const tellingDigits = 8;

/** Milliseconds since 1970; `most` traces, where not all are wanted. */
export interface JaegerSearch {
  since: number;
  until: number;
  most?: number;
}

/** What Jaeger answered to a search, and those of the traces in it that were in no answer before. */
interface Answer {
  text: string;
  traces: Trace[];
}

/**
 * The trace of a run. Only `/api/traces` searches by attributes; without a time it looks back two days. Throws a
 * NotFoundError.
 */
export async function traceIdInJaeger(run: string, jaeger: JaegerAddress): Promise<string> {
  const what = `No run ${run}`;
  for (const service of await moduleServices(jaeger, what)) {
    const tags = JSON.stringify({ 'agento.run.id': run.toLowerCase() });
    // Microseconds; Jaeger's clock may be another.
    const end = String((Date.now() + 86_400_000) * 1_000);
    const query = new URLSearchParams({ service, tags, limit: '1', start: '0', end });
    const found = jsonOf((await askJaeger(jaeger, `/api/traces?${query}`, what)) ?? '');
    const [trace] = listIn(found, 'data');
    const id = textIn(trace, 'traceID');
    if (id !== null) return id.padStart(32, '0');
  }
  throw new NotFoundError(`${what}: no trace in ${jaeger.url} has it as agento.run.id`);
}

/** The ids of the runs and traces of the last 30 days that begin like this. Throws a NotFoundError. */
export async function idsInJaeger(prefix: string, jaeger: JaegerAddress): Promise<string[]> {
  const until = Date.now();
  const found = new Set<string>();
  for await (const { trace_id, spans } of tracesInJaeger(jaeger, { since: until - monthBack, until })) {
    const runs = spans.map(({ attributes }) => textOf(attributes, 'agento.run.id').toLowerCase());
    for (const id of [trace_id, ...runs]) if (id.startsWith(prefix)) found.add(id);
    if (found.size > 0 && prefix.length >= tellingDigits) break;
  }
  return [...found];
}

/**
 * The traces of runs that were at work in that time, the newest first as far as Jaeger has them so; few are held at once.
 * Throws a NotFoundError.
 */
export async function* tracesInJaeger(jaeger: JaegerAddress, search: JaegerSearch): AsyncGenerator<Trace> {
  for await (const { traces } of answersOf(jaeger, search)) yield* traces;
}

/** The same as OTLP JSON, by the id of its trace: the same text if nothing came to the trace. */
export async function* textsInJaeger(
  jaeger: JaegerAddress,
  search: JaegerSearch,
): AsyncGenerator<[trace_id: string, text: string]> {
  for await (const { text, traces } of answersOf(jaeger, search)) {
    const all = documentsIn(text).flatMap(({ value }) => listIn(fieldsIn(value).result, 'resourceSpans'));
    const groups = Map.groupBy(all, traceIdOf);
    for (const { trace_id } of traces) {
      yield [trace_id, inOrder(groups.get(trace_id) ?? [])];
    }
  }
}

/** Jaeger tells the same in another order each time. */
function inOrder(resourceSpans: Record<string, unknown>[]): string {
  const entries = resourceSpans.flatMap((one) =>
    listIn(one, 'scopeSpans').map((scope) => JSON.stringify({ ...one, scopeSpans: [scope] })),
  );
  return `{"result":{"resourceSpans":[${entries.sort().join(',')}]}}`;
}

/** Jaeger keeps the spans of each trace apart. */
function traceIdOf(resourceSpans: Record<string, unknown>): string {
  const [scopeSpans] = listIn(resourceSpans, 'scopeSpans');
  return textIn(listIn(scopeSpans, 'spans')[0], 'traceId') ?? '';
}

async function* answersOf(jaeger: JaegerAddress, search: JaegerSearch): AsyncGenerator<Answer> {
  const { most = Number.POSITIVE_INFINITY } = search;
  const what = `No runs in ${jaeger.url}`;
  // A run begins with its first module, wherever its trace goes on.
  const services = (await moduleServices(jaeger, what)).filter((name) => name.endsWith('-Module-1'));
  const seen = new Set<string>();
  for (const service of services) {
    const times = [search];
    for (let next = times.pop(); next !== undefined; next = times.pop()) {
      const { since, until } = next;
      const mayBeHalved = until - since > shortest;
      const asked = Math.min(most, mayBeHalved ? mostAtOnce : mostOfShort);
      const text = await searched(jaeger, service, next, asked);
      const found = parseTraces(text).filter(({ spans }) => spans.length > 0);
      if (mayBeHalved && found.length >= asked && asked < most) {
        // There may be more than it told, and it has no second page. Halves overlap in the traces across their border.
        const middle = Math.floor((since + until) / 2);
        times.push({ since, until: middle }, { since: middle, until });
        continue;
      }
      const traces = found.filter(({ trace_id }) => !seen.has(trace_id)).slice(0, most - seen.size);
      for (const { trace_id } of traces) seen.add(trace_id);
      yield { text, traces };
      if (seen.size >= most) return;
    }
  }
}

async function searched(
  jaeger: JaegerAddress,
  service: string,
  { since, until }: JaegerSearch,
  most: number,
): Promise<string> {
  const query = new URLSearchParams({
    'query.service_name': service,
    'query.start_time_min': new Date(since).toISOString(),
    'query.start_time_max': new Date(until).toISOString(),
    // Two names of one thing, in newer and older versions.
    'query.search_depth': String(most),
    'query.num_traces': String(most),
    'query.raw_traces': 'true',
  });
  return (await askJaeger(jaeger, `/api/v3/traces?${query}`, `No runs in ${jaeger.url}`)) ?? '';
}

async function moduleServices(jaeger: JaegerAddress, what: string): Promise<string[]> {
  const { services } = fieldsIn(jsonOf((await askJaeger(jaeger, '/api/v3/services', what)) ?? ''));
  const names = Array.isArray(services) ? services.filter((name) => typeof name === 'string') : [];
  return names.filter((name) => /-Module-\d+$/.test(name)).sort();
}
