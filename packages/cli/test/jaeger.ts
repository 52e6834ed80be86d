import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A server that answers as Jaeger's API does, of the traces in this OTLP JSON, one TracesData a line. `search` answers
 * searches for runs in another way.
 */
export async function startJaeger(
  text: string,
  traceId: string,
  search?: (asked: URLSearchParams) => string,
): Promise<{ url: string; close(): void }> {
  const resourceSpans = text
    .trim()
    .split('\n')
    .flatMap((line) => JSON.parse(line).resourceSpans);
  const whole = JSON.stringify({ result: { resourceSpans } });
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://jaeger');
    const answer = (body: string) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(body);
    if (pathname === '/api/v3/services')
      return answer(JSON.stringify({ services: ['Agento-Module-1', 'other'] }));
    if (pathname === `/api/v3/traces/${traceId}`) return answer(whole);
    if (pathname === '/api/v3/traces' && searchParams.get('query.service_name') === 'Agento-Module-1')
      return answer(search?.(searchParams) ?? whole);
    if (pathname === '/api/traces') return answer(JSON.stringify({ data: [{ traceID: traceId }] }));
    return response.writeHead(404).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}
