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

/** On the span itself, as the redaction's notes are. */
const anchorKey = Symbol('agento.anchor');
type Anchored = ApiSpan & { [anchorKey]?: Anchor };

/**
 * What the SDK keeps of a span's clocks: `startTime` is the wall clock's, every later time is `startTime` and the
 * milliseconds of `performance.now()` since `_performanceStartTime`. The latter is private; a test sees it go.
 */
interface Clocked {
  startTime: HrTime;
  _performanceStartTime?: number;
  /** The caller gave a time of its own, which stays. */
  _startTimeProvided?: boolean;
}

/**
 * Gives all spans of a trace in this process one clock, that of the first of them, as OpenTelemetry Java does. The
 * SDK reads the wall clock anew for each span: where a busy machine puts the thread aside between its two readings,
 * or the wall clock is set, a span would end before the spans in it.
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
 * That of the span above. Where it is another process's (a run that goes on in the trace its input names), that of
 * the request under way here, so that what hangs there side by side has one clock as well.
 */
function anchorAbove(parent: Context): Anchor | undefined {
  const above: Anchored | undefined = trace.getSpan(parent);
  if (above?.[anchorKey]) return above[anchorKey];
  const around: Anchored | undefined = trace.getActiveSpan();
  return around?.isRecording() ? around[anchorKey] : undefined;
}
