import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { closeAll, goodVerdict, harness, judge } from './harness.ts';

afterEach(closeAll);

/** A proxy that passes requests on, and notes where to. */
async function startProxy() {
  const asked: string[] = [];
  const proxy = http.createServer((request, response) => {
    asked.push(request.url ?? '');
    const { method, headers } = request;
    const onward = http.request(request.url ?? '', { method, headers });
    request.pipe(onward);
    onward.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
  });
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    asked,
    close: () => proxy.close(),
  };
}

test.each([
  ['reached by the proxy', { NODE_USE_ENV_PROXY: '1' }, true],
  ['reached without where NO_PROXY names it', { NODE_USE_ENV_PROXY: '1', NO_PROXY: '127.0.0.1' }, false],
  ['reached without where no proxy is to be used', {}, false],
])('The model is %s.', async (_how, env, byProxy) => {
  const proxy = await startProxy();
  const { model, run } = await harness([{ content: goodVerdict }], { HTTP_PROXY: proxy.url, ...env });

  expect(await judge(run)).toEqual(goodVerdict);

  expect(proxy.asked).toEqual(byProxy ? [`${model.url}/chat/completions`] : []);
  proxy.close();
});
