import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { Counters } from './counters.ts';

/**
 * Where spans wait whose resource is still being detected, as a NodeSDK does for the machine and the cloud it is in: they go
 * on, in order, when it is complete. A span whose resource is complete goes on at once.
 */
export class WaitingRoom {
  readonly #counters: Counters;
  readonly #goOn: (span: ReadableSpan) => void;
  #waiting: ReadableSpan[] = [];
  #settled: Promise<void> | null = null;

  constructor(counters: Counters, goOn: (span: ReadableSpan) => void) {
    this.#counters = counters;
    this.#goOn = goOn;
  }

  enter(span: ReadableSpan): void {
    if (!span.resource.asyncAttributesPending) {
      this.#goOn(span);
      return;
    }
    this.#counters.queued += 1;
    this.#waiting.push(span);
    // A detector that fails leaves its attribute out: the span is worth more.
    this.#settled ??= Promise.resolve(span.resource.waitForAsyncAttributes?.()).then(
      () => this.close(),
      () => this.close(),
    );
  }

  /** Resolves when nobody waits any more. */
  async empty(): Promise<void> {
    await this.#settled;
  }

  /** Lets all go on, with what is known of their resource by now. */
  close(): void {
    this.#settled = null;
    const spans = this.#waiting;
    this.#waiting = [];
    this.#counters.queued -= spans.length;
    for (const span of spans) this.#goOn(span);
  }
}
