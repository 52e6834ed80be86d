import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A server that answers as Jaeger's API does, of the traces in this OTLP JSON, one TracesData a line. `search` finds
 * others, likewise, when runs are searched for.
 */
export async function startJaeger(
  text: string,
  traceId: string,
  search?: (asked: URLSearchParams) => string,
): Promise<{ url: string; close(): void }> {
  const whole = resultOf(text);
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://jaeger');
    const answer = (body: string) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(body);
    const none = () =>
      response
        .writeHead(404, { 'content-type': 'text/plain' })
        .end(JSON.stringify({ error: { httpCode: 404, message: 'No traces found' } }));
    if (pathname === '/api/v3/services')
      return answer(JSON.stringify({ services: ['Agento-Module-1', 'other'] }));
    if (pathname === `/api/v3/traces/${traceId}`) return answer(whole);
    if (pathname === '/api/v3/traces' && searchParams.get('query.service_name') === 'Agento-Module-1') {
      const found = search?.(searchParams);
      return found === '' ? none() : answer(found === undefined ? whole : resultOf(found));
    }
    if (pathname === '/api/traces') return answer(JSON.stringify({ data: [{ traceID: traceId }] }));
    return none();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}

function resultOf(text: string): string {
  const resourceSpans = text
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line) => JSON.parse(line).resourceSpans);
  return JSON.stringify({ result: { resourceSpans } });
}
