import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { closeAll, goodVerdict, harness, judge } from './harness.ts';

afterEach(closeAll);

test.each([
  ['', '', '/v1/chat/completions', 'Bearer none'],
  ['', '/?key=abc&v=2', '/v1/chat/completions?key=abc&v=2', 'Bearer none'],
  ['us%40er:pa%3Ass@', '', '/v1/chat/completions', `Basic ${btoa('us@er:pa:ss')}`],
])('An address as %s…/v1%s is asked at %s.', async (userinfo, query, path, authorization) => {
  const asked: unknown[] = [];
  const choices = [{ message: { content: JSON.stringify(goodVerdict) } }];
  const server = createServer((request, response) => {
    asked.push([request.url, request.headers.authorization]);
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ choices }));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const { run } = await harness([], {
    OPENAI_BASE_URL: `http://${userinfo}127.0.0.1:${port}/v1${query}`,
    OPENAI_API_KEY: '',
  });

  expect(await judge(run)).toEqual(goodVerdict);

  expect(asked).toEqual([[path, authorization]]);
  server.close();
});
