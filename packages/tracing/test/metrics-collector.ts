import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import protobuf from 'protobufjs';

/** What of opentelemetry-proto's metrics a request of ours has. */
const { root } = protobuf.parse(`
  syntax = "proto3";
  message Request { repeated ResourceMetrics resource_metrics = 1; }
  message ResourceMetrics { Resource resource = 1; repeated ScopeMetrics scope_metrics = 2; }
  message Resource { repeated KeyValue attributes = 1; }
  message ScopeMetrics { repeated Metric metrics = 2; }
  message Metric { string name = 1; string description = 2; string unit = 3; Sum sum = 7; Histogram histogram = 9; }
  message Sum { repeated NumberDataPoint data_points = 1; int32 aggregation_temporality = 2; bool is_monotonic = 3; }
  message Histogram { repeated HistogramDataPoint data_points = 1; int32 aggregation_temporality = 2; }
  message NumberDataPoint { double as_double = 4; sfixed64 as_int = 6; repeated KeyValue attributes = 7; }
  message HistogramDataPoint {
    fixed64 count = 4; double sum = 5; repeated fixed64 bucket_counts = 6; repeated double explicit_bounds = 7;
    repeated KeyValue attributes = 9;
  }
  message KeyValue { string key = 1; AnyValue value = 2; }
  message AnyValue { string string_value = 1; bool bool_value = 2; int64 int_value = 3; }
`);
const Request = root.lookupType('Request');

interface KeyValue {
  key: string;
  value: { stringValue?: string; boolValue?: boolean; intValue?: number };
}

interface Point {
  attributes: KeyValue[];
  asInt?: number;
  count?: number;
  sum?: number;
  bucketCounts?: number[];
  explicitBounds?: number[];
}

interface Series {
  dataPoints: Point[];
  aggregationTemporality: number;
  isMonotonic?: boolean;
}

interface Received {
  resourceMetrics: {
    resource: { attributes: KeyValue[] };
    scopeMetrics: {
      metrics: { name: string; description: string; unit: string; sum?: Series; histogram?: Series }[];
    }[];
  }[];
}

/** Requests of `POST /v1/metrics`, decoded by the official field numbers. */
export interface MetricsCollector {
  url: string;
  headers(): NodeJS.Dict<string | string[]>[];
  /** The metrics of the last request. */
  metrics(): Received['resourceMetrics'][number]['scopeMetrics'][number]['metrics'];
  /** The resource of the last request. */
  resource(): object;
  close(): Promise<void>;
}

/** A collector that takes metrics, and nothing else. */
export async function startMetricsCollector(): Promise<MetricsCollector> {
  const headers: NodeJS.Dict<string | string[]>[] = [];
  let last: Received | null = null;
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    if (request.url !== '/v1/metrics') return void response.writeHead(404).end();
    headers.push(request.headers);
    const plain = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
    last = Request.toObject(Request.decode(plain), { longs: Number }) as Received;
    response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const received = () => last?.resourceMetrics[0];
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    headers: () => headers,
    metrics: () => received()?.scopeMetrics[0]?.metrics ?? [],
    resource: () => plainAttributes(received()?.resource.attributes ?? []),
    async close() {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}

/** Attributes as a plain object. */
export function plainAttributes(attributes: KeyValue[]): Record<string, string | number | undefined> {
  return Object.fromEntries(
    attributes.map(({ key, value: { stringValue, intValue } }) => [key, stringValue ?? intValue]),
  );
}
