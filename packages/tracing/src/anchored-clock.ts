import { type Span as ApiSpan, type Context, type HrTime, trace } from '@opentelemetry/api';
import { addHrTimes, millisToHrTime } from '@opentelemetry/core';
import type { SpanProcessor } from '@opentelemetry/sdk-trace';

/** One moment on both clocks. */
interface Anchor {
  /** Seconds and nanoseconds since 1970. */
  wall: HrTime;
  /** Milliseconds of `performance.now()`. */
  monotonic: number;
}

/** Kept on the span itself, like the redaction's notes. */
const anchorKey = Symbol('agento.anchor');
type Anchored = ApiSpan & { [anchorKey]?: Anchor };

/**
 * How the SDK keeps a span's time: `startTime` is wall-clock time, every later time is `startTime` plus the
 * milliseconds of `performance.now()` since `_performanceStartTime`. The latter is private; a test notices if it
 * disappears.
 */
interface Clocked {
  startTime: HrTime;
  _performanceStartTime?: number;
  /** The caller set the start time: it is kept. */
  _startTimeProvided?: boolean;
}

/**
 * Gives all spans of a trace in this process one clock, that of the first of them, as OpenTelemetry Java does. The SDK
 * reads the wall clock for each span: if a busy machine interrupts the thread between its two readings, or the wall
 * clock is set, a span would end before its children.
 */
export class AnchoredClock implements SpanProcessor {
  onStart(started: ApiSpan, parent: Context): void {
    const span = started as unknown as Anchored & Clocked;
    const above = anchorAbove(parent);
    if (above) span[anchorKey] = above;
    const monotonic = span._performanceStartTime;
    if (monotonic === undefined || span._startTimeProvided) return;
    if (above) span.startTime = addHrTimes(above.wall, millisToHrTime(monotonic - above.monotonic));
    else span[anchorKey] = { wall: span.startTime, monotonic };
  }

  onEnd(): void {}

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}
}

/**
 * The parent's clock. If the parent is in another process (a run that continues the trace named by its input), the
 * clock of the current request, so that sibling spans share one clock, too.
 */
function anchorAbove(parent: Context): Anchor | undefined {
  const above: Anchored | undefined = trace.getSpan(parent);
  if (above?.[anchorKey]) return above[anchorKey];
  const around: Anchored | undefined = trace.getActiveSpan();
  return around?.isRecording() ? around[anchorKey] : undefined;
}
