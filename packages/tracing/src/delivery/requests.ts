import type { Counters } from './counters.ts';
import { type OtlpRequest, splitRequest } from './otlp-request.ts';
import { type SerializedSpan, serializeRequest } from './otlp-writer.ts';
import { type Shed, shedSpan } from './shed.ts';

/** Requests that are small enough, and how many spans could not be put into one, by reason. */
export interface Fitted {
  requests: OtlpRequest[];
  lost: { reason: 'too_large' | 'not_serializable' | 'not_readable'; spans: number }[];
}

/** The spans as requests of at most that many bytes each. Never throws. */
export function requestsOf(spans: SerializedSpan[], maxBytes: number, counters: Counters): Fitted {
  try {
    return fit({ bytes: serializeRequest(spans), spans: spans.length }, maxBytes, counters);
  } catch {
    // A resource or scope with a value that is none.
    return { requests: [], lost: [{ reason: 'not_serializable', spans: spans.length }] };
  }
}

/** The request as requests of at most that many bytes each: split, and a single span sheds content. Never throws. */
export function fit(request: OtlpRequest, maxBytes: number, counters: Counters): Fitted {
  if (request.bytes.length <= maxBytes) return { requests: [request], lost: [] };
  try {
    if (request.spans > 1) {
      return merge(splitRequest(request.bytes, maxBytes).map((part) => fit(part, maxBytes, counters)));
    }
    const shed = shedSpan(request.bytes, maxBytes);
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
