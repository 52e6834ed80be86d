import { TraceFlags } from '@opentelemetry/api';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import { createCounters } from './counters.ts';
import { createHttpTransport } from './http-transport.ts';
import { limitsOf } from './limits.ts';
import { Outbox } from './outbox.ts';
import { Sender } from './sender.ts';
import { heartbeatMs, Spool } from './spool.ts';
import type { Delivery, DeliveryOptions } from './types.ts';
import { WaitingRoom } from './waiting-room.ts';
import { Warnings } from './warnings.ts';

/** In trouble nothing stays in memory longer than this, so that a kill loses less than a second. */
const unsafeMs = 500;
const defaultShutdownMs = 5_000;
/** How long an aborted request may take to end, in milliseconds. */
const abortMs = 200;

/**
 * Accepts spans from the SDK and delivers each at least once, or counts it as lost with the reason.
 *
 * While the collector answers, spans wait for `scheduledDelayMs` and are sent from memory. If it is down, or has not
 * answered within half a second, everything unsent is written to disk at least twice a second, sent in order when the
 * collector is back, and outlives the process: the next one takes it over.
 *
 * Throws a RangeError that names each option it cannot work with.
 */
export function createDelivery(options: DeliveryOptions): Delivery {
  const limits = limitsOf(options);
  const { scheduledDelayMs, maxRequestBytes, exportTimeoutMs } = limits;
  const counters = createCounters();
  const warnings = new Warnings(options.log);
  const spool = options.spoolDirectory ? new Spool(options.spoolDirectory) : null;
  const outbox = new Outbox(
    { ...limits, shedFirst: options.shedFirst ?? [] },
    spool,
    counters,
    warnings,
    options.onSafe ?? (() => {}),
  );
  const transport = createHttpTransport(options);
  const { origin, pathname } = new URL(options.url);
  const sender = new Sender({
    collector: origin + pathname,
    redact: options.redact ?? ((text) => text),
    outbox,
    transport,
    counters,
    warnings,
    maxRequestBytes,
    exportTimeoutMs,
    slowAfterMs: 900 - Math.min(scheduledDelayMs, unsafeMs),
  });
  let timer: NodeJS.Timeout | undefined;
  let timerDelay = 0;
  let immediate: NodeJS.Immediate | undefined;
  let shuttingDown: Promise<void> | null = null;
  let closed = false;

  function wait(): void {
    const delay = sender.isTroubled ? Math.min(scheduledDelayMs, unsafeMs) : scheduledDelayMs;
    if (timer && delay >= timerDelay) return;
    // Trouble that began during a long delay does not wait for its end.
    clearTimeout(timer);
    timerDelay = delay;
    timer = setTimeout(work, delay).unref();
  }

  function work(): void {
    clearTimeout(timer);
    timer = undefined;
    immediate = undefined;
    makeDue();
    void sender.run();
    if (outbox.queueLength > 0) wait();
  }

  /** While older spans are on disk, newer ones follow them: that keeps the order, even if sending takes long. */
  function makeDue(): void {
    outbox.markDue();
    if (sender.isTroubled || counters.spooled > 0) outbox.persist();
  }

  /** The process's last action, however it ends: unsent spans are written to disk. */
  function persist(): void {
    waitingRoom.close();
    outbox.persist();
  }

  const waitingRoom = new WaitingRoom(counters, (span) => {
    outbox.add(span);
    if (outbox.isFull) immediate ??= setImmediate(work);
    else wait();
  });

  function take(span: ReadableSpan): void {
    counters.ended += 1;
    if (closed) counters.drop('after_shutdown', 1);
    else waitingRoom.enter(span);
  }

  const processor: SpanProcessor = {
    onStart() {},
    onEnd(span) {
      if ((span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0) take(span);
    },
    forceFlush,
    shutdown: () => shutdown(defaultShutdownMs),
  };

  async function forceFlush(): Promise<void> {
    await waitingRoom.empty();
    makeDue();
    if (counters.queued > 0) await sender.flush();
  }

  function shutdown(timeoutMs: number): Promise<void> {
    shuttingDown ??= finish(timeoutMs);
    return shuttingDown;
  }

  async function finish(timeoutMs: number): Promise<void> {
    clearInterval(heartbeat);
    await within(timeoutMs, sendRest());
    await within(abortMs, sender.stop());
    waitingRoom.close();
    closed = true;
    clearTimeout(timer);
    clearImmediate(immediate);
    outbox.persist();
    outbox.abandon();
    transport.close();
    spool?.close();
    process.off('exit', persist);
  }

  async function sendRest(): Promise<void> {
    await waitingRoom.empty();
    outbox.markDue();
    await sender.runNow();
  }

  const heartbeat = setInterval(() => {
    spool?.touch();
    if (outbox.adopt()) work();
  }, heartbeatMs).unref();
  process.on('exit', persist);
  if (outbox.adopt()) immediate = setImmediate(work);

  return { processor, take, stats: () => counters.snapshot(), forceFlush, shutdown };
}

/** Waits for the work, but at most that many milliseconds. */
async function within(milliseconds: number, work: Promise<void>): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, milliseconds);
  await Promise.race([work, late]);
  clearTimeout(timer);
}
