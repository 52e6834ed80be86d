import type { Counters } from './counters.ts';
import { type OtlpRequest, splitRequest } from './otlp-request.ts';
import { type SerializedSpan, serializeRequest } from './otlp-writer.ts';
import { type Shed, shedSpan } from './shed.ts';

/** The limits of a request, and the counters of what they cost. */
export interface Room {
  maxBytes: number;
  /** Names of the events that a span sheds first. */
  shedFirst: readonly string[];
  counters: Counters;
}

/** Requests that are small enough, and how many spans did not fit into one, by reason. */
export interface Fitted {
  requests: OtlpRequest[];
  lost: { reason: 'too_large' | 'not_serializable' | 'not_readable'; spans: number }[];
}

/** The spans as requests within the limits. Never throws. */
export function requestsOf(spans: SerializedSpan[], room: Room): Fitted {
  try {
    return fit({ bytes: serializeRequest(spans), spans: spans.length }, room);
  } catch {
    // A resource or scope has an invalid value.
    return { requests: [], lost: [{ reason: 'not_serializable', spans: spans.length }] };
  }
}

/** The request as requests within the limits: split, and a single span sheds content. Never throws. */
export function fit(request: OtlpRequest, room: Room): Fitted {
  const { maxBytes, shedFirst, counters } = room;
  if (request.bytes.length <= maxBytes) return { requests: [request], lost: [] };
  try {
    if (request.spans > 1) {
      return merge(splitRequest(request.bytes, maxBytes).map((part) => fit(part, room)));
    }
    const shed = shedSpan(request.bytes, maxBytes, shedFirst);
    if (!shed) return { requests: [], lost: [{ reason: 'too_large', spans: 1 }] };
    countShed(shed, counters);
    return { requests: [{ bytes: shed.bytes, spans: 1 }], lost: [] };
  } catch {
    return { requests: [], lost: [{ reason: 'not_readable', spans: request.spans }] };
  }
}

function merge(parts: Fitted[]): Fitted {
  return { requests: parts.flatMap((part) => part.requests), lost: parts.flatMap((part) => part.lost) };
}

function countShed(shed: Shed, counters: Counters): void {
  counters.shed_bytes += shed.shedBytes;
  if (!shed.again) counters.shed_spans += 1;
}
