import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';

/** Where delivery logs what happens to it. */
export interface DeliveryLog {
  warn(fields: object, text: string): void;
  info(fields: object, text: string): void;
}

/** Trusted authorities and own certificate for a collector reached over https, in PEM. */
export interface TlsFiles {
  /** Authorities to trust instead of the default ones. */
  ca?: string | Buffer;
  /** The exporter's own certificate. */
  cert?: string | Buffer;
  key?: string | Buffer;
}

/** Proxies for the collector; null for a scheme without one. */
export interface Proxies {
  http: string | null;
  https: string | null;
  /** Hosts reached without a proxy: `host`, `.domain`, `host:port` or `*`, comma-separated. */
  except: string;
}

export interface DeliveryOptions {
  /** The full traces URL, e.g. `http://127.0.0.1:4318/v1/traces`. */
  url: string;
  headers?: Record<string, string>;
  /** For a URL that begins with https://. Default: the usual authorities, no certificate of its own. */
  tls?: TlsFiles;
  /** Default gzip. */
  compression?: 'gzip' | 'none';
  /** Default null: none. */
  proxies?: Proxies | null;
  /** Root folder of the bounded spool, which several processes may share. Default null: spans wait in memory only. */
  spoolDirectory?: string | null;
  /** Limit of what waits in memory, in bytes. Default 32 MiB. */
  maxQueueBytes?: number;
  /** Limit of what waits on disk for this process, in bytes. Default 256 MiB. */
  maxSpoolBytes?: number;
  /** The largest request, in bytes of uncompressed protobuf. Default 4 MiB less 64 KiB. */
  maxRequestBytes?: number;
  /** How long a span waits for others, in milliseconds. Default 500. */
  scheduledDelayMs?: number;
  /** Most spans in one request. Default 512. */
  maxBatchSpans?: number;
  /** Time limit of one request, in milliseconds. Default 10,000. */
  exportTimeoutMs?: number;
  /** Names of the events that a span sheds first if it is too large for a request. Default: none. */
  shedFirst?: readonly string[];
  /**
   * Told, by their ids, of spans that cannot be lost with this process any more: a collector has accepted them, they are
   * in the spool, or they were given up and are counted as dropped. At least once a span; never of those that a shutdown
   * abandoned.
   */
  onSafe?: (spanIds: string[]) => void;
  /** Removes secrets from text of a collector or proxy before it is logged. Default: logged unchanged. */
  redact?: (text: string) => string;
  /** Default: nothing is logged. */
  log?: DeliveryLog;
}

/**
 * The fate of every span. Each figure is counted where it happens, none is computed from others, so `ended + adopted =
 * exported + queued + spooled + sum of dropped` is a check and not a definition.
 */
export interface DeliveryStats {
  /** Sampled spans that ended in this process. */
  ended: number;
  /** Spans taken over from the spools of processes that died. */
  adopted: number;
  /** Spans a collector has accepted. */
  exported: number;
  /** Spans in memory now, including those in flight that are not on disk. */
  queued: number;
  /** Spans on disk now. */
  spooled: number;
  /** Spans lost, by reason. */
  dropped: Record<string, number>;
  /** Requests that were rejected or lost. */
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
  /** Takes one ended span, as the processor does, whether it is sampled or not: for an exporter. */
  take(span: ReadableSpan): void;
  stats(): DeliveryStats;
  /** Resolves when every span that ended before is sent or on disk, or the collector has failed. Never rejects. */
  forceFlush(): Promise<void>;
  /** Sends what it can within the time, in milliseconds, and spools the rest. Never rejects, never hangs. */
  shutdown(timeoutMs: number): Promise<void>;
}
