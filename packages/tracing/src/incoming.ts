import type { IncomingMessage } from 'node:http';
import { type Span, trace } from '@opentelemetry/api';
import { type SpanReference, toOtelLink } from './lineage.ts';
import { attribute } from './names.ts';
import { recordInput, recordOutput } from './openinference.ts';
import { settingsOf } from './settings.ts';
import { failSpan } from './span.ts';
import { noteOf, type SpanNote } from './span-note.ts';

/** The instrumentations' spans of the current request. */
interface Incoming {
  /** instrumentation-http's SERVER span. */
  server?: Span;
  /** @fastify/otel's `request` span. */
  request?: Span;
}
/** Kept on the request itself: the contents of a WeakMap survive young collections. */
const spansKey = Symbol('agento.spans');
type Traced = IncomingMessage & { [spansKey]?: Incoming };

function spansOf(request: Traced): Incoming {
  request[spansKey] ??= {};
  return request[spansKey];
}

/** The path of the only route that is traced. */
const runPath = '/run';

export function noteIncoming(request: IncomingMessage, noted: Incoming): void {
  Object.assign(spansOf(request), noted);
  // The instrumentation does so when the response ends, which it does not where the service stops meanwhile.
  if (noted.request) spansOf(request).server?.updateName(`${request.method} ${runPath}`);
}

/** The spans instrumentations created for a request; none if it is not traced. */
export function incomingSpans(request: IncomingMessage): Span[] {
  const { server, request: inner } = spansOf(request);
  return [server, inner].filter((span) => span !== undefined);
}

/** Marks the request's spans as failed; needed if the response began with 200 or was never finished. */
export function failIncoming(request: IncomingMessage, error: unknown): void {
  const { server, request: inner } = spansOf(request);
  if (inner) failSpan(inner, error);
  if (server) failSpan(server, error);
}

/** Ends the `request` span of a request whose caller left: @fastify/otel waits for a response that never finishes. */
export function endAbandoned(request: IncomingMessage): void {
  const inner = spansOf(request).request;
  if (inner?.isRecording()) inner.end();
}

/** The spans of a request, to be ended by another process should this one die. */
export function incomingNotes(request: IncomingMessage): SpanNote[] {
  return incomingSpans(request)
    .map(noteOf)
    .filter((note) => note !== null);
}

/** The request follows a run that had begun before it: its spans are of that run, and have none below. */
export function followIncoming(
  request: IncomingMessage,
  { runId, attempt }: { runId: string; attempt: number },
): void {
  for (const span of incomingSpans(request)) {
    span.setAttributes({
      [attribute.followed]: true,
      [attribute.runId]: runId,
      [attribute.runAttempt]: attempt,
    });
  }
}

/** What was asked for, on the SERVER span: a list of traces shows it. */
export function incomingInput(request: IncomingMessage, input: string): void {
  const { server } = spansOf(request);
  if (server) recordInput(server, input);
}

/** What came of it, likewise; asked for only where it is recorded. */
export function incomingOutput(request: IncomingMessage, output: () => string): void {
  const { server } = spansOf(request);
  if (!server?.isRecording() || !settingsOf(server).content) return;
  try {
    recordOutput(server, output());
  } catch {
    // An output of a form nobody foresaw: recording must not fail its caller.
  }
}

/** Links the SERVER span to the run that continued in another trace. */
export function linkContinuation(request: IncomingMessage, to: SpanReference): void {
  spansOf(request).server?.addLink(toOtelLink({ to, relationship: 'continued_in' }));
}

/** The trace of the request's own spans; null if it has none. */
export function incomingTraceId(request: IncomingMessage): string | null {
  return (
    spansOf(request).server?.spanContext().traceId ?? trace.getActiveSpan()?.spanContext().traceId ?? null
  );
}
