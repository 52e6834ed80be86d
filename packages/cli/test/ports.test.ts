import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chain } from '@agento/contracts';
import { expect, test } from 'vitest';
import { choosePorts } from '../src/system/ports.ts';

test('With a base the ports follow each other; without one each is its own; 0 stands for free ones', async () => {
  expect(await choosePorts('127.0.0.1', 5001, 4010)).toEqual({
    modules: chain.map((_, index) => 5001 + index),
    model: 5001 + chain.length,
    receiver: 5002 + chain.length,
  });
  expect(await choosePorts('127.0.0.1', undefined, 4011)).toEqual({
    modules: chain.map((_, index) => 3001 + index),
    model: 4011,
    receiver: 4318,
  });
  const { modules, model, receiver } = await choosePorts('127.0.0.1', 0, 4010);
  const ports = [...modules, model, receiver];
  expect(new Set(ports).size).toBe(chain.length + 2);
  // Linux gives out those above to whoever asks, also in the moment before they are used.
  expect(Math.max(...ports)).toBeLessThan(32_768);
  const { port } = await new Promise<AddressInfo>((resolve) => {
    const server = createServer().listen(modules[0], '127.0.0.1', () => {
      resolve(server.address() as AddressInfo);
      server.close();
    });
  });
  expect(port).toBe(modules[0]);
});
