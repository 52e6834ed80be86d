import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';
import { type Callers, edge, edgeOptions } from '../src/index.ts';

/** A server of the house with one route, listening on a port of its own. */
export async function startServer(callers: Partial<Callers> = {}): Promise<FastifyInstance> {
  const all = { host: '127.0.0.1', allowedHosts: [], ...callers };
  const app: FastifyInstance = Fastify({ ...edgeOptions(all, { module: 1 }) });
  await app.register(edge, all);
  app.get('/', async () => ({ here: true }));
  app.post('/', async () => ({ taken: true }));
  await app.listen({ host: '127.0.0.1', port: 0 });
  return app;
}

export interface RawAnswer {
  status: number;
  headers: string;
  body: string;
}

export function portOf(app: FastifyInstance): number {
  return (app.server.address() as AddressInfo).port;
}

/** Sends the very bytes, and gives what came back until the server ended the connection. */
export async function raw(app: FastifyInstance, text: string): Promise<RawAnswer> {
  const socket = connect(portOf(app), '127.0.0.1');
  let answer = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    answer += chunk;
  });
  socket.on('error', () => {});
  socket.write(text, 'latin1');
  await once(socket, 'close');
  const [head = '', ...body] = answer.split('\r\n\r\n');
  return {
    status: Number(head.split(' ')[1] ?? 0),
    headers: head.toLowerCase(),
    body: body.join('\r\n\r\n'),
  };
}

/** A request of one line and the headers, with `connection: close`. */
export function request(line: string, ...headers: string[]): string {
  return [`${line} HTTP/1.1`, ...headers, 'connection: close', '', ''].join('\r\n');
}
