import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import zlib from 'node:zlib';
import { type Attributes, TraceFlags } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import protobuf from 'protobufjs';
import type { Delivery, DeliveryStats } from '../src/index.ts';

const protos = path.join(import.meta.dirname, '..', '..', 'receiver', 'protos');
const root = new protobuf.Root();
root.resolvePath = (_origin, target) => path.join(protos, target);
root.loadSync('opentelemetry/proto/collector/trace/v1/trace_service.proto');
const service = 'opentelemetry.proto.collector.trace.v1';
const ExportRequest = root.lookupType(`${service}.ExportTraceServiceRequest`);
const ExportResponse = root.lookupType(`${service}.ExportTraceServiceResponse`);

interface Value {
  stringValue?: string;
  intValue?: number;
  boolValue?: boolean;
}
interface KeyValue {
  key: string;
  value: Value;
}
export interface ReceivedSpan {
  name: string;
  attributes: KeyValue[];
  events: { name: string; attributes: KeyValue[] }[];
}
interface ReceivedRequest {
  resourceSpans: {
    resource: { attributes: KeyValue[] };
    scopeSpans: { scope: { name: string }; spans: ReceivedSpan[] }[];
  }[];
}

/** What the collector does with a request it can read: answer, or one of the things a broken one does. */
export type Answer =
  | { status: number; headers?: Record<string, string>; rejected?: number }
  | 'hang'
  | 'close';

/** A real OTLP collector on loopback that answers as it is told and keeps what it accepted. */
export interface Collector {
  url: string;
  /** Decides on each request; what it answers with a 2xx is kept. */
  answer: (request: { size: number; spans: string[] }) => Answer | Promise<Answer>;
  /** Requests received, in order, refused ones included; `at` is by `performance.now()`. */
  requests: { at: number; size: number; spans: string[]; status: number | null }[];
  accepted: ReceivedRequest[];
  /** The headers of each request. */
  headers: http.IncomingHttpHeaders[];
  /** Names of the accepted spans, in order of arrival. */
  names(): string[];
  spans(): ReceivedSpan[];
  /** Takes it off the network; `start` brings it back at the same address. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** With `tls`, by https. */
export async function startCollector(tls?: https.ServerOptions): Promise<Collector> {
  let server: http.Server;
  let port = 0;
  const collector: Collector = {
    url: '',
    answer: () => ({ status: 200 }),
    requests: [],
    accepted: [],
    headers: [],
    names: () => collector.spans().map((span) => span.name),
    spans: () => collector.accepted.flatMap(spansOf),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
    async start() {
      server = tls ? https.createServer(tls, receive) : http.createServer(receive);
      await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
      port = (server.address() as AddressInfo).port;
      collector.url = `${tls ? 'https' : 'http'}://127.0.0.1:${port}/v1/traces`;
    },
  };

  function receive(request: http.IncomingMessage, response: http.ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('error', () => {});
    request.on('end', () => {
      const sent = Buffer.concat(chunks);
      const encoding = request.headers['content-encoding'];
      void reply(encoding === 'gzip' ? zlib.gunzipSync(sent) : sent, response);
    });
    collector.headers.push(request.headers);
  }

  async function reply(body: Buffer, response: http.ServerResponse): Promise<void> {
    const at = performance.now();
    const content = read(body);
    const spans = content ? spansOf(content).map((span) => span.name) : [];
    const answer = content ? await collector.answer({ size: body.length, spans }) : { status: 400 };
    const status = typeof answer === 'object' ? answer.status : null;
    collector.requests.push({ at, size: body.length, spans, status });
    if (answer === 'hang') return;
    if (answer === 'close') {
      response.destroy();
      return;
    }
    if (content && answer.status < 300) collector.accepted.push(content);
    const partialSuccess = answer.rejected ? { rejectedSpans: answer.rejected } : undefined;
    response.writeHead(answer.status, { 'content-type': 'application/x-protobuf', ...answer.headers });
    response.end(ExportResponse.encode(ExportResponse.fromObject({ partialSuccess })).finish());
  }

  await collector.start();
  return collector;
}

/** Null when the body is no OTLP. */
function read(body: Buffer): ReceivedRequest | null {
  try {
    return ExportRequest.toObject(ExportRequest.decode(body), {
      longs: Number,
      arrays: true,
    }) as ReceivedRequest;
  } catch {
    return null;
  }
}

function spansOf(request: ReceivedRequest): ReceivedSpan[] {
  return request.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
}

/** Attributes as a plain object. */
export function plain(attributes: KeyValue[]): Record<string, unknown> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue ?? value.boolValue]),
  );
}

export interface SpanContent {
  attributes?: Attributes;
  events?: Record<string, Attributes>;
  service?: string;
  scope?: string;
}

/** Starts and ends spans of these names through the real SDK. */
export function endSpans(delivery: Delivery, names: string[], content: SpanContent = {}): void {
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': content.service ?? 'delivery-test' }),
    spanLimits: { attributeCountLimit: 100_000 },
    spanProcessors: [delivery.processor],
  });
  const tracer = provider.getTracer(content.scope ?? 'delivery');
  for (const name of names) {
    const span = tracer.startSpan(name, { attributes: content.attributes ?? {} });
    if ((span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) throw new Error('not sampled');
    for (const [event, attributes] of Object.entries(content.events ?? {})) span.addEvent(event, attributes);
    span.end();
  }
}

export function numbered(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
}

/** Waits until it holds; the test's own time limit ends a wait in vain. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Both sides of `ended + adopted = exported + queued + spooled + dropped`. */
export function balance(stats: DeliveryStats): [number, number] {
  const dropped = Object.values(stats.dropped).reduce((sum, spans) => sum + spans, 0);
  return [stats.ended + stats.adopted, stats.exported + stats.queued + stats.spooled + dropped];
}

/** Collects what delivery says of itself. */
export function createLog(): {
  lines: string[];
  warn(fields: object, text: string): void;
  info(fields: object, text: string): void;
} {
  const lines: string[] = [];
  return {
    lines,
    warn: (_fields, text) => void lines.push(`warn: ${text}`),
    info: (_fields, text) => void lines.push(`info: ${text}`),
  };
}
