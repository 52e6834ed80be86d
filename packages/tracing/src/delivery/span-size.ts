import type { ReadableSpan } from '@opentelemetry/sdk-trace';

/**
 * About how many bytes the span is as protobuf. It bounds memory and fills requests, so it has to be cheap
 * rather than exact: only long texts, which decide, are measured as UTF-8.
 */
export function spanSize(span: ReadableSpan): number {
  let size = 120 + textSize(span.name) + textSize(span.status.message ?? '') + mapSize(span.attributes);
  for (const event of span.events) size += 24 + textSize(event.name) + mapSize(event.attributes);
  for (const link of span.links) size += 48 + mapSize(link.attributes);
  return size;
}

function mapSize(map: object | undefined): number {
  let size = 0;
  for (const [key, value] of Object.entries(map ?? {})) size += key.length + 10 + valueSize(value);
  return size;
}

function valueSize(value: unknown): number {
  if (typeof value === 'string') return textSize(value);
  if (ArrayBuffer.isView(value)) return value.byteLength;
  if (Array.isArray(value)) return value.reduce((size: number, item) => size + 6 + valueSize(item), 0);
  if (typeof value === 'object' && value !== null) return mapSize(value);
  return 10;
}

function textSize(text: string): number {
  return text.length < 1_024 ? text.length : Buffer.byteLength(text);
}
