import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach } from 'vitest';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A server on loopback for the length of a test; gives its address. */
export async function serving(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => new Promise((resolve) => server.close(() => resolve())));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A server that answers everything in one way; remembers what it was asked. */
export async function serve(status: number, body: string): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const url = await serving((request, response) => {
    const { authorization = '-', 'content-type': type = '-' } = request.headers;
    asked.push(`${request.method} ${request.url} ${authorization} ${type}`);
    response.writeHead(status).end(body);
  });
  return { url, asked };
}

/** An address nobody listens at. */
export async function nowhere(): Promise<string> {
  const { url } = await serve(200, '');
  await closing.pop()?.();
  return url;
}
