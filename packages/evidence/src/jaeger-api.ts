import { restoreFromJaeger } from './jaeger.ts';
import type { Trace } from './model.ts';
import { NotFoundError } from './not-found.ts';
import { parseTraces } from './otlp-json.ts';
import { jsonOf } from './payload.ts';
import { fieldsIn, listIn, textIn } from './reading/loose.ts';

/**
 * Jaeger's `/api/v3` answers in OTLP, including the links' attributes that its `/api/traces` drops. `what` begins the
 * message of the NotFoundError it rejects with.
 */
export async function askJaeger(jaegerUrl: string, path: string, what: string): Promise<string> {
  const url = `${jaegerUrl.replace(/\/+$/, '')}${path}`;
  const answer = await fetch(url).catch((error: Error) => {
    throw new NotFoundError(`${what}: ${url} is not reachable (${String(error.cause ?? error.message)})`);
  });
  if (!answer.ok) throw new NotFoundError(`${what}: ${url} answered ${answer.status}`);
  return answer.text().catch((error: Error) => {
    throw new NotFoundError(
      `${what}: the answer of ${url} broke off (${String(error.cause ?? error.message)})`,
    );
  });
}

/** Only `/api/traces` searches by attributes. */
export async function traceIdInJaeger(run: string, jaegerUrl: string): Promise<string> {
  const what = `No run ${run}`;
  for (const service of await moduleServices(jaegerUrl, what)) {
    const tags = JSON.stringify({ 'agento.run.id': run.toLowerCase() });
    const query = new URLSearchParams({ service, tags, limit: '1', lookback: '8760h' });
    const found = jsonOf(await askJaeger(jaegerUrl, `/api/traces?${query}`, what));
    const [trace] = listIn(found, 'data');
    const id = textIn(trace, 'traceID');
    if (id !== null) return id.padStart(32, '0');
  }
  throw new NotFoundError(`${what}: no trace in ${jaegerUrl} has it as agento.run.id`);
}

/** Most traces of one answer, where more are wanted: an answer is held whole, and may be of many megabytes. */
const mostAtOnce = 20;
/** Milliseconds: a shorter time is not searched in halves, or many runs at once would take a search for every moment. */
const shortest = 60_000;

interface Search {
  since: number;
  until: number;
  most: number;
}

/**
 * The traces of runs that were at work between these times (milliseconds since 1970), at most `most`, the newest first as
 * far as Jaeger has them so; few are held at once. Throws a NotFoundError.
 */
export async function* tracesInJaeger(jaegerUrl: string, search: Search): AsyncGenerator<Trace> {
  const what = `No runs in ${jaegerUrl}`;
  // A run begins with its first module, wherever its trace goes on.
  const services = (await moduleServices(jaegerUrl, what)).filter((name) => name.endsWith('-Module-1'));
  const seen = new Set<string>();
  for (const service of services) {
    const times: Search[] = [search];
    for (let next = times.pop(); next !== undefined; next = times.pop()) {
      const { since, until, most } = next;
      const mayBeHalved = until - since > shortest;
      const asked = mayBeHalved ? Math.min(most, mostAtOnce) : most;
      const found = await foundBetween(jaegerUrl, service, { since, until, most: asked });
      if (found.length >= asked && asked < most) {
        // There may be more than it told, and it has no second page. Halves overlap in the traces across their border.
        const middle = Math.floor((since + until) / 2);
        times.push({ since, until: middle, most }, { since: middle, until, most });
        continue;
      }
      for (const trace of found) {
        if (seen.has(trace.trace_id)) continue;
        if (seen.size === search.most) return;
        seen.add(trace.trace_id);
        restoreFromJaeger(trace);
        yield trace;
      }
    }
  }
}

async function foundBetween(
  jaegerUrl: string,
  service: string,
  { since, until, most }: Search,
): Promise<Trace[]> {
  const query = new URLSearchParams({
    'query.service_name': service,
    'query.start_time_min': new Date(since).toISOString(),
    'query.start_time_max': new Date(until).toISOString(),
    'query.search_depth': String(most),
    // The same to versions before 2.
    'query.num_traces': String(most),
  });
  const text = await askJaeger(jaegerUrl, `/api/v3/traces?${query}`, `No runs in ${jaegerUrl}`).catch(
    (error: unknown) => {
      // So it says that it found none.
      if (error instanceof NotFoundError && error.message.endsWith(' answered 404')) return '';
      throw error;
    },
  );
  return parseTraces(text).filter(({ spans }) => spans.length > 0);
}

async function moduleServices(jaegerUrl: string, what: string): Promise<string[]> {
  const { services } = fieldsIn(jsonOf(await askJaeger(jaegerUrl, '/api/v3/services', what)));
  const names = Array.isArray(services) ? services.filter((name) => typeof name === 'string') : [];
  return names.filter((name) => /-Module-\d+$/.test(name)).sort();
}
