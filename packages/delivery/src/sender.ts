import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import { readPartialSuccess, shownText } from './answer.ts';
import type { Counters } from './counters.ts';
import type { SendResult, Transport } from './http-transport.ts';
import type { Batch, Outbox } from './outbox.ts';
import { tlsFault } from './tls-faults.ts';
import type { Warnings } from './warnings.ts';

export interface SenderOptions {
  /** Where spans are sent, safe to log. */
  collector: string;
  /** Removes secrets from foreign text before it is logged. */
  redact: (text: string) => string;
  outbox: Outbox;
  transport: Transport;
  counters: Counters;
  warnings: Warnings;
  maxRequestBytes: number;
  exportTimeoutMs: number;
  /** After this long, in milliseconds, a pending request counts as slow and everything unsent is written to disk. */
  slowAfterMs: number;
}

/** Statuses that a retry does not change: the request itself is at fault. */
const permanentStatuses = new Set([400, 415, 422]);
const tooLarge = 413;
const firstBackoffMs = 1_000;
const maxBackoffMs = 5_000;
const shortestWaitMs = 100;

/**
 * Sends one batch after another, oldest first, and waits when the collector does not accept them. Every status but
 * success, 413 and `permanentStatuses` means that the collector is in trouble, or that credentials or address need
 * fixing: the batch is kept and sent again.
 */
export class Sender {
  readonly #options: SenderOptions;
  #running: Promise<void> | null = null;
  #onDisk = Promise.withResolvers<void>();
  #retryTimer: NodeJS.Timeout | undefined;
  #backoffMs = firstBackoffMs;
  #serverWaitUntil = 0;
  #down = false;
  #slow = false;
  #stopped = false;

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  /** The collector does not accept what it is sent: spans belong on disk. */
  get isTroubled(): boolean {
    return this.#down || this.#slow;
  }

  /**
   * Sends what is due; resolves when that is done or the collector fails. Returns at once during a pause between
   * attempts.
   */
  async run(): Promise<void> {
    if (this.#retryTimer || this.#stopped) return;
    this.#running ??= this.#start();
    await this.#running;
  }

  /** The same, but at most until a slow collector has caused everything to be written to disk. */
  async flush(): Promise<void> {
    await Promise.race([this.run(), this.#onDisk.promise]);
  }

  /** The same without waiting for the next attempt, unless the collector has asked for a pause. */
  async runNow(): Promise<void> {
    if (performance.now() < this.#serverWaitUntil) return;
    this.#cancelRetry();
    await this.run();
  }

  /** Aborts the request in flight and sends no more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelRetry();
    this.#options.transport.abort();
    await this.#running;
  }

  async #start(): Promise<void> {
    this.#onDisk = Promise.withResolvers();
    try {
      await context.with(suppressTracing(ROOT_CONTEXT), () => this.#sendAll());
    } catch (error) {
      // Nothing here should throw; if it does, telemetry must not take the process down.
      this.#options.warnings.warn('export', () => ({ error: String(error) }), 'Sending spans failed');
      this.#running = null;
    }
  }

  async #sendAll(): Promise<void> {
    const { outbox } = this.#options;
    // Not in the turn in which the span ended, and not finished before run() has stored the promise.
    await null;
    for (let batch = outbox.head(); batch && !this.#stopped; batch = outbox.head()) {
      batch.inFlight = true;
      const shouldContinue = await this.#sendOne(batch);
      batch.inFlight = false;
      if (!shouldContinue) break;
    }
    // In the same turn as the check that found nothing more to send: from now on, due spans need a new run.
    this.#running = null;
  }

  /** Whether to continue with the next batch. */
  async #sendOne(batch: Batch): Promise<boolean> {
    const { outbox, transport, maxRequestBytes, exportTimeoutMs, slowAfterMs, counters } = this.#options;
    const bytes = await outbox.read(batch);
    if (this.#stopped) return false;
    if (!bytes) return true;
    if (bytes.length > maxRequestBytes) {
      outbox.shrink(batch, bytes, maxRequestBytes);
      return true;
    }
    const slowTimer = setTimeout(() => {
      this.#slow = true;
      outbox.persist();
      if (!batch.file) return;
      transport.unref();
      this.#onDisk.resolve();
    }, slowAfterMs).unref();
    let result = await transport.send(bytes, exportTimeoutMs);
    this.#count(result);
    // That the collector closed a kept-alive connection says nothing about the collector.
    if (result.kind === 'lost' && result.idleConnection) {
      counters.failures += 1;
      this.#noteDuplicates(batch, result);
      result = await transport.send(bytes, exportTimeoutMs);
      this.#count(result);
    }
    clearTimeout(slowTimer);
    this.#slow = false;
    if (result.kind === 'answered' && result.status >= 200 && result.status < 300) {
      const { rejected, text } = readPartialSuccess(result.body, batch.spans);
      if (rejected > 0 || text !== '') this.#warnOfPart(rejected, text);
      outbox.delivered(batch, rejected);
      this.#recover();
      return true;
    }
    counters.failures += 1;
    if (result.kind === 'answered' && result.status === tooLarge) {
      this.#recover();
      outbox.shrink(batch, bytes, Math.floor(bytes.length / 2));
      return true;
    }
    if (result.kind === 'answered' && permanentStatuses.has(result.status)) {
      this.#warn(result);
      this.#down = false;
      outbox.drop(batch, `rejected_${result.status}`);
      return true;
    }
    this.#noteDuplicates(batch, result);
    this.#giveWay(result);
    return false;
  }

  #giveWay(result: SendResult): void {
    if (this.#stopped) return;
    this.#warn(result);
    this.#down = true;
    this.#options.outbox.persist();
    const asked = result.kind === 'answered' ? result.retryAfterMs : null;
    this.#serverWaitUntil = asked === null ? 0 : performance.now() + asked;
    const delay =
      asked !== null ? Math.max(asked, shortestWaitMs) : this.#backoffMs * (0.8 + 0.4 * Math.random());
    this.#backoffMs = Math.min(this.#backoffMs * 1.5, maxBackoffMs);
    this.#retryTimer = setTimeout(() => {
      this.#retryTimer = undefined;
      void this.run();
    }, delay).unref();
  }

  #recover(): void {
    this.#down = false;
    this.#backoffMs = firstBackoffMs;
    const { warnings, collector, counters } = this.#options;
    const { exported, spooled } = counters;
    for (const kind of ['export', 'tls'] as const) {
      warnings.over(
        kind,
        () => ({ collector, exported, spooled }),
        'The trace collector accepts spans again',
      );
    }
  }

  #warn(result: SendResult): void {
    const { warnings, collector, counters, redact } = this.#options;
    const fault = result.kind === 'lost' ? tlsFault(result.error) : null;
    const { queued, spooled, dropped, failures } = counters;
    warnings.warn(
      fault ? 'tls' : 'export',
      () => ({
        collector,
        ...(result.kind === 'answered'
          ? { status: result.status, answer: shownText(redact(result.body.toString())) }
          : { error: shownText(redact(result.error.message)) }),
        queued,
        spooled,
        dropped: { ...dropped },
        failures,
      }),
      fault
        ? `The trace collector cannot be reached by TLS: ${fault}`
        : 'The trace collector does not accept spans',
    );
  }

  #warnOfPart(rejected: number, text: string): void {
    const { warnings, collector, redact } = this.#options;
    warnings.warn(
      'rejected',
      () => ({ collector, rejected, answer: shownText(redact(text)) }),
      'The trace collector took spans, but not all, or not as they are',
    );
  }

  #count({ bytesSent }: SendResult): void {
    if (bytesSent === 0) return;
    this.#options.counters.requests += 1;
    this.#options.counters.bytes_sent += bytesSent;
  }

  /** A rejection says that nothing was accepted; a lost response, or a gateway's, does not. */
  #noteDuplicates(batch: Batch, result: SendResult): void {
    const unknown = result.kind === 'lost' ? result.bytesSent > 0 : [502, 504].includes(result.status);
    if (!unknown || batch.maybeDelivered) return;
    batch.maybeDelivered = true;
    this.#options.counters.duplicates_possible += batch.spans;
  }

  #cancelRetry(): void {
    clearTimeout(this.#retryTimer);
    this.#retryTimer = undefined;
  }
}
