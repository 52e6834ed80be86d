import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { costInPhoenix } from '../src/annotate/phoenix.ts';

test('A web server that answers everything with a page is not taken for Phoenix.', async () => {
  const server = createServer((_, answer) => answer.end('<!doctype html><title>Shop</title>'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await expect(costInPhoenix({ url, apiKey: null }, 'a'.repeat(32))).rejects.toThrow(
    "answered with no JSON, as a web page does. Name the address of Phoenix's page",
  );
  server.closeAllConnections();
  server.close();
});
