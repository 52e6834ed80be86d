import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { freePorts } from '@agento/cli/ports';
import { afterEach, expect, it } from 'vitest';
import { startForwarder } from '../src/kills/forwarder.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function replica(name: string, port: number): Promise<Server> {
  const server = createServer((_request, response) => response.end(name)).listen(port, '127.0.0.1');
  await once(server, 'listening');
  ends.push(() => server.close().closeAllConnections());
  return server;
}

it('gives connections to one replica after the other, and skips one that is gone', async () => {
  const ports = await freePorts(3, '127.0.0.1');
  const [one = 0, gone = 0, two = 0] = ports;
  await replica('one', one);
  await replica('two', two);
  const forwarder = await startForwarder([one, gone, two]);
  ends.push(() => forwarder.close());
  const answers: string[] = [];
  for (let asked = 0; asked < 6; asked += 1) {
    const answer = await fetch(forwarder.url, { headers: { connection: 'close' } });
    answers.push(await answer.text());
  }
  expect(answers.sort()).toEqual(['one', 'one', 'two', 'two', 'two', 'two']);
  await forwarder.close();
  await expect(fetch(forwarder.url)).rejects.toThrow();
});
