import type { Span } from '@opentelemetry/sdk-trace';

/** What an SDK before 2.3 lacks: a call of its processors just before a span ends, while it can still be written. */
interface Inner {
  /** The SDK's own, private: all processors together. */
  _spanProcessor?: { onEnding?: unknown };
}

/** Has the work done just before the span ends, in an SDK that does not call its processors then. */
export function callBeforeEnd(span: Span, work: () => void): void {
  if (typeof (span as Inner)._spanProcessor?.onEnding === 'function') return;
  const { end } = span;
  span.end = function (this: Span, endTime) {
    // The SDK would take the time later.
    const at = endTime ?? Date.now();
    if (this.isRecording()) work();
    end.call(this, at);
  };
}
