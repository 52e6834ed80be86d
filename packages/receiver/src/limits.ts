const KiB = 1024;
const MiB = 1024 * KiB;

/**
 * Limits of one request. A request is scanned before anything is decoded, so exceeding these
 * costs next to nothing. All leave room for the largest batches that exporters and collectors send.
 */
export const limits = {
  /** Bytes of the body, as sent and again when unpacked. */
  body: 32 * MiB,
  spans: 100_000,
  bytesOfSpan: 24 * MiB,
  /** Fields, list entries and objects of all kinds: what costs memory and time by its number. */
  values: 2_000_000,
  valuesOfSpan: 100_000,
  /** Resources and scopes together. */
  groups: 10_000,
  /** Bytes of one resource or scope without its spans. */
  bytesOfGroup: 256 * KiB,
  /** Each is a file. */
  traces: 10_000,
  /** Bytes of the lines written: each trace's lines repeat its resources and scopes. */
  written: 128 * MiB,
} as const;

/** A refusal with its HTTP status; OTLP clients send again after 429, 502, 503 and 504 only. */
export class Refusal extends Error {
  override name = 'Refusal';
  readonly statusCode: number;
  constructor(statusCode: number, message: string) {
    super(message);
    this.statusCode = statusCode;
  }
}

/** Counts a request's contents; throws a Refusal once a limit is exceeded. */
export class Tally {
  #spans = 0;
  #groups = 0;
  #values = 0;
  /** Values since the last span or group. */
  #ofOne = 0;

  value(): void {
    this.#values += 1;
    this.#ofOne += 1;
    atMost(limits.valuesOfSpan, this.#ofOne, 'values in a span, resource or scope');
    atMost(limits.values, this.#values, 'values in a request');
  }

  span(bytes: number): void {
    this.#spans += 1;
    this.#ofOne = 0;
    atMost(limits.spans, this.#spans, 'spans in a request');
    atMost(limits.bytesOfSpan, bytes, 'bytes in a span');
  }

  group(bytes: number): void {
    this.#groups += 1;
    this.#ofOne = 0;
    atMost(limits.groups, this.#groups, 'resources and scopes in a request');
    atMost(limits.bytesOfGroup, bytes, 'bytes in a resource or scope');
  }
}

export function atMost(limit: number, found: number, what: string): void {
  if (found > limit) throw new Refusal(413, `More than ${limit} ${what}: send less at once`);
}
