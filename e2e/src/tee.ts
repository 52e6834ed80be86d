import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** What takes OTLP over HTTP and hands each request on, as it is, to all of `targets`. */
export interface Tee {
  url: string;
  /** Addresses without /v1/traces. */
  targets: string[];
  close(): Promise<void>;
}

export async function startTee(): Promise<Tee> {
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    const { 'content-type': type = '', 'content-encoding': encoding } = request.headers;
    const headers = { 'content-type': type, ...(encoding !== undefined && { 'content-encoding': encoding }) };
    const send = (target: string) => fetch(`${target}/v1/traces`, { method: 'POST', headers, body });
    const answers = await Promise.all(tee.targets.map(send)).catch(() => []);
    // Where one refuses, the sender tries again; both take a span twice.
    const status = answers.length > 0 && answers.every(({ ok }) => ok) ? 200 : 503;
    response.writeHead(status, { 'content-type': 'application/x-protobuf' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const tee: Tee = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    targets: [],
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return tee;
}
