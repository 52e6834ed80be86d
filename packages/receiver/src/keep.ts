import { ByTrace, type TracesData } from './by-trace.ts';
import { atMost, limits, Refusal, Tally } from './limits.ts';
import { type JsonObject, toOtlpJson } from './otlp-json.ts';
import { ExportRequest, type MessageType, ResourceSpans, ScopeSpans, Span } from './otlp-messages.ts';
import { type Encoding, partsOf, type ResourceOutline } from './outline.ts';
import { Turn } from './turn.ts';

/** Bytes of a request decoded at a time; a larger request becomes several lines in its traces' files. */
const pieceBytes = 1024 * 1024;

/** How many of a request's spans were kept. */
export interface Kept {
  spans: number;
  rejected: number;
  /** What is wrong with the rejected ones, or with what holds none; empty where nothing is. */
  fault: string;
}

/**
 * Reads an export request and passes its spans to `write`, by trace; `write` resolves with the bytes written. The
 * request is scanned first, then decoded piece by piece, so it needs only a few times a piece's memory. A span that is
 * invalid, or whose resource or scope is, is rejected; the others are kept.
 *
 * @throws Refusal where the request holds too much, its structure is broken or none of its spans is valid, and
 * what `write` throws
 */
export async function keep(
  body: Buffer,
  encoding: Encoding,
  write: (traceId: string, data: TracesData) => Promise<number>,
): Promise<Kept> {
  const turn = new Turn();
  const resources = await encoding.outline(body, new Tally(), turn);
  await countTraces(body, encoding, resources, turn);
  const rejections = new Rejections();
  const lines = new ByTrace();
  let [spans, bytes, written] = [0, 0, 0];

  const flush = async () => {
    for (const [traceId, data] of lines.take()) {
      await turn.next();
      written += await write(traceId, data);
      atMost(limits.written, written, 'bytes to be written for a request');
    }
    bytes = 0;
  };
  const read = (at: string, type: MessageType, message: () => unknown): JsonObject | null => {
    try {
      return toOtlpJson(type, message(), at);
    } catch (error) {
      rejections.note(at, (error as Error).message);
      return null;
    }
  };

  for (const [index, { own, scopes }] of resources.entries()) {
    const at = `${ExportRequest.name}.resourceSpans[${index}]`;
    const resource = read(at, ResourceSpans, () => encoding.readOwn(ResourceSpans, partsOf(body, own)));
    for (const [scopeIndex, outlined] of scopes.entries()) {
      const scopeAt = `${at}.scopeSpans[${scopeIndex}]`;
      const scope = read(scopeAt, ScopeSpans, () =>
        encoding.readOwn(ScopeSpans, partsOf(body, outlined.own)),
      );
      if (!resource || !scope) {
        rejections.rejected += outlined.spans.length / 2;
        continue;
      }
      for (const [spanIndex, part] of partsOf(body, outlined.spans).entries()) {
        const span = read(`${scopeAt}.spans[${spanIndex}]`, Span, () => encoding.readSpan(part));
        if (!span) rejections.rejected += 1;
        else if (!lines.add(resource, scope, span)) rejections.withoutId += 1;
        else spans += 1;
        bytes += part.length;
        if (bytes >= pieceBytes) await flush();
        else if (turn.isOver()) await turn.next();
      }
      if (turn.isOver()) await turn.next();
    }
  }
  const fault = rejections.says();
  if (spans === 0 && fault !== '') throw new Refusal(400, `${fault}${encoding.hint}`);
  await flush();
  return { spans, rejected: rejections.rejected + rejections.withoutId, fault };
}

/** Runs before anything is written, and only if there are more spans than traces allowed. */
async function countTraces(
  body: Buffer,
  encoding: Encoding,
  resources: ResourceOutline[],
  turn: Turn,
): Promise<void> {
  const places = resources.flatMap(({ scopes }) => scopes.map(({ spans }) => spans));
  if (places.reduce((sum, { length }) => sum + length / 2, 0) <= limits.traces) return;
  const traces = new Set<string>();
  for (const place of places) {
    for (const part of partsOf(body, place)) {
      traces.add(traceIdIn(part, encoding));
      atMost(limits.traces, traces.size, 'traces in a request');
      if (turn.isOver()) await turn.next();
    }
  }
}

function traceIdIn(span: Buffer, encoding: Encoding): string {
  try {
    const { traceId } = encoding.readSpan(span) as { traceId?: string | Uint8Array };
    return typeof traceId === 'string'
      ? traceId.slice(0, 32).toLowerCase()
      : Buffer.from(traceId ?? []).toString('hex', 0, 16);
  } catch {
    return '';
  }
}

/** What is wrong with some of a request: with how many spans, and what first. */
class Rejections {
  rejected = 0;
  withoutId = 0;
  #first = '';

  note(at: string, reason: string): void {
    const fault = reason.startsWith(at) ? reason : `${at}: ${reason}`;
    // The path of a deeply nested value is long.
    this.#first ||= fault.length <= 400 ? fault : `${fault.slice(0, 200)}…${fault.slice(-200)}`;
  }

  says(): string {
    const noId = `${this.withoutId} spans have no valid trace id or span id`;
    const others = this.rejected > 1 ? `${this.rejected} spans are invalid, the first: ` : '';
    return [...(this.withoutId > 0 ? [noId] : []), ...(this.#first && [`${others}${this.#first}`])].join(
      '; ',
    );
  }
}
