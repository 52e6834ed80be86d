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
  return answer.text();
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

/** The newest runs' traces, that began between these times (milliseconds since 1970); at most `most`. */
export async function tracesInJaeger(
  jaegerUrl: string,
  { since, until, most }: { since: number; until: number; most: number },
): Promise<Trace[]> {
  const what = `No runs in ${jaegerUrl}`;
  // A run begins with its first module, wherever its trace goes on.
  const services = (await moduleServices(jaegerUrl, what)).filter((name) => name.endsWith('-Module-1'));
  const found: Trace[] = [];
  for (const service of services) {
    const query = new URLSearchParams({
      'query.service_name': service,
      'query.start_time_min': new Date(since).toISOString(),
      'query.start_time_max': new Date(until).toISOString(),
      'query.search_depth': String(most),
      // The same to versions before 2.
      'query.num_traces': String(most),
    });
    const text = await askJaeger(jaegerUrl, `/api/v3/traces?${query}`, what).catch((error: unknown) => {
      // So it says that it found none.
      if (error instanceof NotFoundError && error.message.endsWith(' answered 404')) return '';
      throw error;
    });
    found.push(...parseTraces(text).filter(({ spans }) => spans.length > 0));
  }
  for (const trace of found) restoreFromJaeger(trace);
  return found;
}

async function moduleServices(jaegerUrl: string, what: string): Promise<string[]> {
  const { services } = fieldsIn(jsonOf(await askJaeger(jaegerUrl, '/api/v3/services', what)));
  const names = Array.isArray(services) ? services.filter((name) => typeof name === 'string') : [];
  return names.filter((name) => /-Module-\d+$/.test(name)).sort();
}
