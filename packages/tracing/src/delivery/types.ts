import type { Proxies } from '@agento/contracts';
import type { SpanProcessor } from '@opentelemetry/sdk-trace';
import type { TlsFiles } from '../environment/tls.ts';

/** Where delivery says what happens to it. */
export interface DeliveryLog {
  warn(fields: object, text: string): void;
  info(fields: object, text: string): void;
}

export interface DeliveryOptions {
  /** The full traces URL, e.g. `http://127.0.0.1:4318/v1/traces`. */
  url: string;
  headers?: Record<string, string>;
  /** Whom to trust and who to be where the URL begins with https://. Default: the usual authorities, nobody. */
  tls?: TlsFiles;
  /** Default gzip. */
  compression?: 'gzip' | 'none';
  /** Proxies the collector is reached by. Default null: none. */
  proxies?: Proxies | null;
  /** Root folder of the bounded spool, which several processes may share; null: no spool. */
  spoolDirectory: string | null;
  /** What waits in memory, in bytes. Default 32 MiB. */
  maxQueueBytes?: number;
  /** What waits on disk for this process, in bytes. Default 256 MiB. */
  maxSpoolBytes?: number;
  /** The largest request, in bytes of uncompressed protobuf. Default 4 MiB less 64 KiB. */
  maxRequestBytes?: number;
  /** How long a span waits for others, in milliseconds. Default 500. */
  scheduledDelayMs?: number;
  /** Spans in one request at most. Default 512. */
  maxBatchSpans?: number;
  /** How long one request may take, in milliseconds. Default 10,000. */
  exportTimeoutMs?: number;
  log?: DeliveryLog;
}

/**
 * What became of every span. Each figure is counted where the thing happens, none is computed from others, so
 * `ended + adopted = exported + queued + spooled + sum of dropped` is a check and not a definition.
 */
export interface DeliveryStats {
  /** Sampled spans that ended in this process. */
  ended: number;
  /** Spans taken over from the spools of processes that died. */
  adopted: number;
  /** Spans a collector has accepted. */
  exported: number;
  /** Spans in memory now, those in flight and not on disk included. */
  queued: number;
  /** Spans on disk now. */
  spooled: number;
  /** Spans lost, by reason. */
  dropped: Record<string, number>;
  /** Requests that were refused or lost. */
  failures: number;
  /** Bytes of request bodies, compressed. */
  bytes_sent: number;
  /** Requests whose body was sent. */
  requests: number;
  /** Spans that shed content to fit into a request, and how many bytes of it. */
  shed_spans: number;
  shed_bytes: number;
  /** Spans that may reach the collector more than once. */
  duplicates_possible: number;
}

export interface Delivery {
  processor: SpanProcessor;
  stats(): DeliveryStats;
  /** Resolves when every span that ended before is sent or on disk, or the collector has failed. Never rejects. */
  forceFlush(): Promise<void>;
  /** Sends what it can within the time, in milliseconds, spools what is left. Never rejects, never hangs. */
  shutdown(timeoutMs: number): Promise<void>;
}
