import { once } from 'node:events';
import http from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { generate } from 'selfsigned';
import { afterEach, expect, test } from 'vitest';
import { createDelivery, type DeliveryOptions } from '../src/index.ts';
import { type Collector, createLog, endSpans, startCollector, until } from './collector.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function collecting(tls?: Parameters<typeof startCollector>[0]): Promise<Collector> {
  const collector = await startCollector(tls);
  ends.push(() => collector.stop());
  return collector;
}

function deliver(options: Pick<DeliveryOptions, 'url'> & Partial<DeliveryOptions>) {
  const delivery = createDelivery({ spoolDirectory: null, scheduledDelayMs: 20, ...options });
  ends.push(() => delivery.shutdown(0));
  endSpans(delivery, ['sent']);
  return delivery;
}

/** A certificate that vouches for itself, for 127.0.0.1, unless it has expired or is for another host. */
async function certificate(fault?: string) {
  const { cert, private: key } = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
    algorithm: 'sha256',
    extensions: [
      {
        name: 'subjectAltName',
        altNames: [{ type: 7, ip: fault === 'another' ? '127.0.0.2' : '127.0.0.1' }],
      },
    ],
    ...(fault === 'expired' && { notBeforeDate: new Date(0), notAfterDate: new Date(86_400_000) }),
  });
  return { cert: Buffer.from(cert), key: Buffer.from(key) };
}

test('compression none sends the body as it is', async () => {
  const collector = await collecting();
  await deliver({ url: collector.url, compression: 'none' }).forceFlush();
  expect(collector.names()).toEqual(['sent']);
  expect(collector.headers[0]).not.toHaveProperty('content-encoding');
});

test('userinfo of the address is sent as basic authorization, unless a header says otherwise', async () => {
  const collector = await collecting();
  const url = collector.url.replace('//', '//me:pa%20ss@');
  await deliver({ url }).forceFlush();
  await deliver({ url, headers: { authorization: 'Bearer k' } }).forceFlush();
  expect(collector.headers.map(({ authorization }) => authorization)).toEqual([
    `Basic ${Buffer.from('me:pa ss').toString('base64')}`,
    'Bearer k',
  ]);
});

test('a collector that asks who sends is shown the certificate, and its own is trusted by the file named', async () => {
  const [server, client] = [await certificate(), await certificate()];
  const collector = await collecting({ ...server, ca: client.cert, requestCert: true });
  await deliver({ url: collector.url, tls: { ca: server.cert, ...client } }).forceFlush();
  expect(collector.names()).toEqual(['sent']);
});

test.each<[string, object, { cert?: true; names?: string }, string]>([
  [
    'a stranger’s certificate is not trusted',
    {},
    {},
    'its certificate is signed by itself: trust the authority’s certificate, or the collector’s own (`tls.ca`, OTEL_EXPORTER_OTLP_CERTIFICATE), or use http://',
  ],
  [
    'a sender without a certificate is not taken',
    { requestCert: true },
    { cert: true },
    'it does not accept the exporter’s certificate: see `tls.cert` and `tls.key`, or OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE and …_CLIENT_KEY',
  ],
  [
    'a certificate that has expired is none',
    {},
    { cert: true, names: 'expired' },
    'its certificate has expired',
  ],
  [
    'a certificate for another host is none',
    {},
    { cert: true, names: 'another' },
    'its certificate is for another host than the endpoint’s',
  ],
])(
  '%s: nothing is sent, and the log names the fault once, with what to do',
  async (_what, asks, { cert, names }, fault) => {
    const server = await certificate(names);
    const collector = await collecting({ ...server, ...asks, ca: server.cert });
    const log = createLog();
    const delivery = deliver({ url: collector.url, log, ...(cert && { tls: { ca: server.cert } }) });
    await until(() => delivery.stats().failures > 1);
    expect(collector.names()).toEqual([]);
    expect(log.lines).toEqual([`warn: The trace collector cannot be reached by TLS: ${fault}`]);
    if (!('requestCert' in asks))
      expect(delivery.stats()).toMatchObject({ bytes_sent: 0, duplicates_possible: 0 });
  },
);

test('https:// to a collector that speaks no TLS is named as that', async () => {
  const collector = await collecting();
  const log = createLog();
  const delivery = deliver({ url: collector.url.replace('http:', 'https:'), log });
  await until(() => delivery.stats().failures > 0);
  expect(log.lines).toEqual([
    'warn: The trace collector cannot be reached by TLS: it does not speak TLS: use http://, or the port that does',
  ]);
});

/** A proxy for http and, by CONNECT, for https; it notes what it was asked for. */
async function startProxy() {
  const asked: string[] = [];
  const proxy = http.createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers['proxy-authorization']}`);
    const onward = http.request(request.url ?? '', { method: request.method, headers: request.headers });
    request.pipe(onward);
    onward.on('response', (answer) => answer.pipe(response.writeHead(answer.statusCode ?? 502)));
  });
  proxy.on('connect', (request, socket) => {
    asked.push(`CONNECT ${request.url}`);
    const [host, port] = (request.url ?? '').split(':');
    const onward = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    socket.on('error', () => onward.destroy());
    onward.on('error', () => socket.destroy());
  });
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
  ends.push(() => {
    proxy.closeAllConnections();
    return new Promise((resolve) => proxy.close(resolve));
  });
  const { port } = proxy.address() as AddressInfo;
  return { url: `http://user:pass@127.0.0.1:${port}`, asked };
}

test('spans go by the proxy, but for hosts that are reached without', async () => {
  const [proxy, collector] = [await startProxy(), await collecting()];
  const proxies = { http: proxy.url, https: proxy.url, except: '' };
  await deliver({ url: collector.url, proxies }).forceFlush();
  expect(proxy.asked).toEqual([`POST ${collector.url} Basic dXNlcjpwYXNz`]);
  await deliver({ url: collector.url, proxies: { ...proxies, except: '127.0.0.1' } }).forceFlush();
  expect(proxy.asked).toHaveLength(1);
  expect(collector.names()).toEqual(['sent', 'sent']);
});

test('to a collector by https the proxy makes a tunnel', async () => {
  const server = await certificate();
  const [proxy, collector] = [await startProxy(), await collecting(server)];
  const proxies = { http: null, https: proxy.url, except: '' };
  await deliver({ url: collector.url, proxies, tls: { ca: server.cert } }).forceFlush();
  expect(proxy.asked).toEqual([`CONNECT ${new URL(collector.url).host}`]);
  expect(collector.names()).toEqual(['sent']);
});
