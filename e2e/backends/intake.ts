import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';

/** A request that the intake took. */
export interface Taken {
  path: string;
  headers: Record<string, string | string[] | undefined>;
  /** Of the body, unpacked. */
  bytes: number;
}

/** In a backend's place: takes whatever is posted to it. */
export async function startIntake(): Promise<{ url: string; taken: Taken[]; close(): Promise<void> }> {
  const taken: Taken[] = [];
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    const { headers, url: path = '' } = request;
    const isPacked = headers['content-encoding'] === 'gzip';
    taken.push({ path, headers, bytes: (isPacked ? gunzipSync(body) : body).length });
    response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    taken,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
