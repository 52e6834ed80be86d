import type { Tally } from './limits.ts';
import type { MessageType } from './otlp-messages.ts';
import type { Turn } from './turn.ts';

/** Places in a body, in bytes: start, end, start, end, … */
export type Ranges = number[];

/** Byte ranges of a scope's parts, found without decoding them. */
export interface ScopeOutline {
  /** Everything but the spans. */
  own: Ranges;
  spans: Ranges;
}
export interface ResourceOutline {
  own: Ranges;
  scopes: ScopeOutline[];
}

/** One of the two encodings of OTLP over HTTP. */
export interface Encoding {
  /** A hint for the case that no span is valid. */
  hint: string;
  /** Throws a Refusal where there is too much, or where the lists down to the spans are not what they must be. */
  outline(body: Buffer, tally: Tally, turn: Turn): Promise<ResourceOutline[]>;
  /** Decodes the span in this part of the body; throws if it is invalid. */
  readSpan(part: Buffer): unknown;
  /** Decodes a resource's or scope's own fields from their parts; throws if they are invalid. */
  readOwn(type: MessageType, parts: Buffer[]): unknown;
}

/** How many bytes these places have together. */
export function sizeOf(ranges: Ranges): number {
  let size = 0;
  for (let at = 0; at < ranges.length; at += 2) size += (ranges[at + 1] ?? 0) - (ranges[at] ?? 0);
  return size;
}

export function partsOf(body: Buffer, ranges: Ranges): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0; at < ranges.length; at += 2) parts.push(body.subarray(ranges[at], ranges[at + 1]));
  return parts;
}
