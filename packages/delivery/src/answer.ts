import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';

const mostShown = 200;

/** What a collector that took a request says of it: how many of the spans it did not take, and why. Never throws. */
export function readPartialSuccess(body: Buffer, spans: number): { rejected: number; text: string } {
  try {
    const { rejectedSpans, errorMessage } =
      ProtobufTraceSerializer.deserializeResponse(body).partialSuccess ?? {};
    const count = Number(rejectedSpans ?? 0);
    // Below zero, as it is read here: an int64 without its sign.
    const rejected = count >= 0 && count < 2 ** 63 ? Math.min(Math.trunc(count), spans) : 0;
    return { rejected, text: String(errorMessage ?? '') };
  } catch {
    // An answer that is no OTLP: the status says that the spans were taken.
    return { rejected: 0, text: '' };
  }
}

/** Text of a collector's or a proxy's, for the log: what can be read of it, cut. */
export function shownText(text: string): string {
  return text
    .slice(0, mostShown * 10)
    .replaceAll(/[^\p{L}\p{N}\p{P}\p{Zs}]+/gu, ' ')
    .trim()
    .slice(0, mostShown)
    .trimEnd();
}
