import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { Counters } from './counters.ts';
import { Cut } from './cut.ts';
import { type SerializedSpan, SpanSerializer } from './otlp-writer.ts';
import { type Fitted, fit, type Room, requestsOf } from './requests.ts';
import type { Spool, SpoolFile } from './spool.ts';
import type { Warnings } from './warnings.ts';
import { wholeSpans } from './whole-spans.ts';

/** A waiting request: in memory (`bytes`) or on disk (`file`). */
export interface Batch {
  spans: number;
  size: number;
  bytes: Uint8Array | null;
  file: SpoolFile | null;
  inFlight: boolean;
  /** The collector may have received it already. */
  maybeDelivered: boolean;
  /** The spans it was cut with, as long as they can be lost with this process. */
  cut: Cut | null;
}

export interface OutboxLimits {
  maxQueueBytes: number;
  maxSpoolBytes: number;
  maxRequestBytes: number;
  maxBatchSpans: number;
  /** Names of the events that a span too large for a request sheds first. */
  shedFirst: readonly string[];
}

const spoolRetryMs = 5_000;

/**
 * Where spans wait: first individually, then in requests, in order, in memory or on disk. Both are bounded in bytes,
 * and every way in and out is counted. A span is serialized when it ends: its bytes cost the garbage collector nothing
 * while they wait, and their size is known.
 */
export class Outbox {
  readonly #limits: OutboxLimits;
  readonly #spool: Spool | null;
  readonly #counters: Counters;
  readonly #warnings: Warnings;
  readonly #onSafe: (spanIds: string[]) => void;
  #queue: SerializedSpan[] = [];
  /** Holds the memory of the queued spans. */
  readonly #serializer = new SpanSerializer();
  /** How many spans at the queue's head have waited long enough. */
  #due = 0;
  #batches: Batch[] = [];
  #memoryBytes = 0;
  #queueBytes = 0;
  #spoolBytes = 0;
  #sequence = 0;
  #spoolRetryAt = 0;

  /** @param onSafe told of spans that cannot be lost with this process any more: delivered, on disk or given up */
  constructor(
    limits: OutboxLimits,
    spool: Spool | null,
    counters: Counters,
    warnings: Warnings,
    onSafe: (spanIds: string[]) => void,
  ) {
    this.#onSafe = onSafe;
    this.#limits = limits;
    this.#spool = spool;
    this.#counters = counters;
    this.#warnings = warnings;
  }

  /** Spans that are not in a request yet. */
  get queueLength(): number {
    return this.#queue.length;
  }

  /** Whether the queue fills a request. */
  get isFull(): boolean {
    return (
      this.#queue.length >= this.#limits.maxBatchSpans || this.#queueBytes >= this.#limits.maxRequestBytes
    );
  }

  add(ended: ReadableSpan): void {
    let span = this.#serialize(ended);
    if (!span) return;
    const size = span.bytes.length;
    if (this.#memoryBytes + size > this.#limits.maxQueueBytes) {
      // A burst goes to disk at once: only here does the end of a span wait for the disk.
      this.persist();
      // The memory of persisted spans may be reused, including this one's.
      span = this.#serialize(ended);
      if (!span) return;
    }
    if (this.#memoryBytes > 0 && this.#memoryBytes + size > this.#limits.maxQueueBytes) {
      this.#lose(this.#spool ? 'spool_error' : 'queue_full', 1);
      this.#onSafe([span.id]);
      return;
    }
    this.#queue.push(span);
    this.#queueBytes += size;
    this.#memoryBytes += size;
    this.#counters.queued += 1;
  }

  /** Null, and counted as lost, if a value cannot be serialized. */
  #serialize(ended: ReadableSpan): SerializedSpan | null {
    try {
      return this.#serializer.serialize(ended);
    } catch {
      this.#lose('not_serializable', 1);
      this.#onSafe([ended.spanContext().spanId]);
      return null;
    }
  }

  /** The queued spans may be sent, however few. */
  markDue(): void {
    this.#due = this.#queue.length;
  }

  /** The next batch to send; null if none is due. */
  head(): Batch | null {
    while (this.#batches.length === 0 && this.#due > 0) this.#batches.push(...this.#cut(this.#due));
    return this.#batches[0] ?? null;
  }

  /** The batch's bytes; null, and counted as lost, if its file is gone. */
  async read(batch: Batch): Promise<Uint8Array | null> {
    if (batch.bytes) return batch.bytes;
    try {
      if (batch.file && this.#spool) return this.#intact(batch, await this.#spool.read(batch.file));
    } catch (error) {
      this.#warnings.warn('spool', () => ({ error: String(error) }), 'A spooled request cannot be read');
    }
    this.drop(batch, 'spool_lost');
    return null;
  }

  /** The complete spans of a truncated file; null if there are none. The rest is counted as lost. */
  #intact(batch: Batch, bytes: Uint8Array): Uint8Array | null {
    const whole = wholeSpans(bytes);
    if (whole.spans === batch.spans) return bytes;
    const lost = Math.max(0, batch.spans - whole.spans);
    this.#counters.adopted += Math.max(0, whole.spans - batch.spans);
    this.#counters.spooled += whole.spans - batch.spans;
    batch.spans = whole.spans;
    this.#lose('spool_damaged', lost);
    if (whole.spans > 0) return whole.bytes;
    this.#release(batch);
    return null;
  }

  /** Writes everything that is only in memory to the spool, as far as possible. Never throws. */
  persist(): void {
    if (!this.#spool || performance.now() < this.#spoolRetryAt) return;
    for (const batch of this.#batches.filter(({ file }) => !file)) if (!this.#write(batch)) return;
    while (this.#queue.length > 0) {
      const batches = this.#cut(this.#queue.length);
      this.#batches.push(...batches);
      for (const batch of batches) if (!this.#write(batch)) return;
    }
  }

  /** Takes over what dead processes left behind. Returns whether there was anything. */
  adopt(): boolean {
    const folders = this.#spool?.adopt() ?? [];
    const adopted: Batch[] = [];
    for (const files of folders) {
      for (const [index, file] of files.entries()) {
        // The oldest request of a folder may have been in flight when its process died.
        const maybeDelivered = index === 0;
        if (maybeDelivered) this.#counters.duplicates_possible += file.spans;
        adopted.push({
          spans: file.spans,
          size: file.size,
          bytes: null,
          file,
          inFlight: false,
          maybeDelivered,
          cut: null,
        });
        this.#spoolBytes += file.size;
        this.#counters.adopted += file.spans;
        this.#counters.spooled += file.spans;
      }
    }
    const inFlight = this.#batches.filter((batch) => batch.inFlight);
    const waiting = this.#batches.filter((batch) => !batch.inFlight);
    this.#batches = [...inFlight, ...adopted, ...waiting];
    this.#makeRoom(0);
    return adopted.length > 0;
  }

  /** The collector has accepted the batch, except the spans it rejected. */
  delivered(batch: Batch, rejected: number): void {
    if (!this.#release(batch)) return;
    this.#counters.exported += batch.spans - rejected;
    this.#lose('partial_success', rejected);
  }

  drop(batch: Batch, reason: string): void {
    if (this.#release(batch)) this.#lose(reason, batch.spans);
  }

  /** Replaces the batch with smaller requests, or drops what cannot be made smaller. */
  shrink(batch: Batch, bytes: Uint8Array, maxBytes: number): void {
    const at = this.#batches.indexOf(batch);
    if (at < 0) return;
    const smaller = this.#admit(fit({ bytes, spans: batch.spans }, this.#room(maxBytes)), batch.cut);
    this.#batches.splice(at + 1, 0, ...smaller);
    if (batch.file) for (const part of smaller) this.#write(part);
    this.#release(batch);
  }

  /** Drops what is only in memory: whoever keeps account of it may want to make it again. */
  abandon(): void {
    for (const batch of this.#batches.filter((candidate) => !candidate.file)) {
      batch.cut = null;
      this.drop(batch, 'shutdown');
    }
    const left = this.#take(this.#queue.length).length;
    this.#counters.queued -= left;
    this.#lose('shutdown', left);
  }

  /** Moves at most that many spans from the queue's head into batches; usually one. */
  #cut(most: number): Batch[] {
    const { maxBatchSpans, maxRequestBytes } = this.#limits;
    let count = 0;
    let size = 0;
    for (const { bytes } of this.#queue) {
      if (count === Math.min(most, maxBatchSpans) || (count > 0 && size + bytes.length > maxRequestBytes))
        break;
      count += 1;
      size += bytes.length;
    }
    const spans = this.#take(count);
    this.#counters.queued -= spans.length;
    const fitted = requestsOf(spans, this.#room(maxRequestBytes));
    if (this.#queue.length === 0) this.#serializer.clear();
    const cut = new Cut(
      spans.map(({ id }) => id),
      this.#onSafe,
    );
    const batches = this.#admit(fitted, cut);
    // Until here it was held: there may be no request at all.
    cut.letGo();
    return batches;
  }

  #room(maxBytes: number): Room {
    return { maxBytes, shedFirst: this.#limits.shedFirst, counters: this.#counters };
  }

  #take(count: number): SerializedSpan[] {
    const taken = this.#queue.splice(0, count);
    this.#due = Math.max(0, this.#due - taken.length);
    for (const { bytes } of taken) {
      this.#queueBytes -= bytes.length;
      this.#memoryBytes -= bytes.length;
    }
    return taken;
  }

  /** Adds requests that wait in memory, and counts spans that fit into none as lost. */
  #admit({ requests, lost }: Fitted, cut: Cut | null): Batch[] {
    for (const { reason, spans } of lost) this.#lose(reason, spans);
    cut?.hold(requests.length);
    return requests.map(({ bytes, spans }) => {
      this.#memoryBytes += bytes.length;
      this.#counters.queued += spans;
      return { spans, size: bytes.length, bytes, file: null, inFlight: false, maybeDelivered: false, cut };
    });
  }

  /** Moves a batch to disk; false if the write fails, in which case it stays in memory. */
  #write(batch: Batch): boolean {
    if (!this.#spool || !batch.bytes) return false;
    if (!this.#makeRoom(batch.size)) {
      this.drop(batch, 'spool_full');
      return true;
    }
    try {
      batch.file = this.#spool.write(this.#sequence++, batch.spans, batch.bytes);
    } catch (error) {
      this.#spoolRetryAt = performance.now() + spoolRetryMs;
      this.#warnings.warn('spool', () => ({ error: String(error) }), 'Spans cannot be written to the spool');
      return false;
    }
    this.#warnings.over('spool', () => ({}), 'Spans are written to the spool again');
    batch.bytes = null;
    this.#memoryBytes -= batch.size;
    this.#spoolBytes += batch.size;
    this.#counters.queued -= batch.spans;
    this.#counters.spooled += batch.spans;
    this.#settle(batch);
    return true;
  }

  /** Drops the oldest files, except one in flight, until that many bytes fit; false if they never will. */
  #makeRoom(size: number): boolean {
    while (this.#spoolBytes + size > this.#limits.maxSpoolBytes) {
      const oldest = this.#batches.find((batch) => batch.file && !batch.inFlight);
      if (!oldest) return false;
      this.drop(oldest, 'spool_full');
    }
    return true;
  }

  /** Removes the batch; false if it was dropped meanwhile. */
  #release(batch: Batch): boolean {
    const at = this.#batches.indexOf(batch);
    if (at < 0) return false;
    this.#batches.splice(at, 1);
    if (batch.file) {
      this.#spool?.remove(batch.file);
      this.#spoolBytes -= batch.size;
      this.#counters.spooled -= batch.spans;
    } else {
      this.#memoryBytes -= batch.size;
      this.#counters.queued -= batch.spans;
    }
    this.#settle(batch);
    return true;
  }

  /** The batch cannot be lost with this process any more. */
  #settle(batch: Batch): void {
    batch.cut?.letGo();
    batch.cut = null;
  }

  #lose(reason: string, spans: number): void {
    if (spans === 0) return;
    this.#counters.drop(reason, spans);
    this.#warnings.warn('dropped', () => ({ dropped: { ...this.#counters.dropped } }), 'Spans were dropped');
  }
}
