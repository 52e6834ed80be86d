import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { moduleInfo } from '@agento/contracts';
import Fastify from 'fastify';
import { traceHeaders, withSpan } from '../../src/index.ts';
import { startTelemetry } from '../../src/telemetry.ts';

/** What a call to another service carried: its headers, by lower-case name. */
export type CallHeaders = Record<string, string | string[] | undefined>;

/** A service that calls others for each request it gets. */
export interface CallingService {
  /** Posts to the service over HTTP; resolves with the headers of each call it made meanwhile. */
  post(headers: [name: string, value: string][], calls: number): Promise<CallHeaders[]>;
  close(): Promise<void>;
}

/**
 * A module's telemetry with its instrumented server; its answer to `POST /run` is as many calls as it is told to make,
 * each in a span of its own with the headers that a hop takes along.
 */
export async function startCallingService(): Promise<CallingService> {
  const telemetry = startTelemetry({
    module: moduleInfo(2),
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'disabled' },
    dataDir: '/nowhere',
  });
  let called: CallHeaders[] = [];
  const other = createServer((request, response) => {
    called.push(request.headers);
    response.end();
  }).listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;

  const app = Fastify();
  app.post<{ Body: { calls: number } }>('/run', async ({ body }) => {
    for (let made = 0; made < body.calls; made += 1) {
      await withSpan({ name: 'POST', client: true }, () =>
        fetch(`http://127.0.0.1:${port}/`, { method: 'POST', headers: traceHeaders() }),
      );
    }
    return {};
  });
  const address = new URL(await app.listen({ port: 0, host: '127.0.0.1' }));

  return {
    async post(headers, calls) {
      called = [];
      const body = JSON.stringify({ calls });
      // As a flat list names keep their case and can stand there twice.
      const flat = [
        ...['Host', address.host, 'Content-Type', 'application/json', 'Content-Length', `${body.length}`],
        ...headers.flat(),
      ];
      const sending = httpRequest({
        host: address.hostname,
        port: address.port,
        path: '/run',
        method: 'POST',
        headers: flat,
      });
      sending.end(body);
      const [response] = await once(sending, 'response');
      response.resume();
      await once(response, 'end');
      return called;
    },
    async close() {
      await app.close();
      other.close();
      other.closeAllConnections();
      await telemetry.shutdown(1_000);
    },
  };
}
