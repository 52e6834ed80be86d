import { ProtobufWriter } from '@agento/protobuf';
import type { Attributes, HrTime, Link, SpanStatus } from '@opentelemetry/api';
import type { InstrumentationScope } from '@opentelemetry/core';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableSpan, TimedEvent } from '@opentelemetry/sdk-trace';
import { Arena } from './arena.ts';

/** The SDK serializes these as well, although its own type does not name them. */
type Scope = InstrumentationScope & { attributes?: Attributes; droppedAttributesCount?: number };

const hasIsRemote = 0x100;
const isRemote = 0x200;
const int64 = 2 ** 63;

/** A waiting span: its field in a request, including tag and length, and its resource and scope. */
export interface SerializedSpan {
  /** Its span id. */
  id: string;
  bytes: Uint8Array;
  resource: Resource;
  scope: Scope;
}

/** More than most resources and scopes need. */
const headBytes = 8_192;

/** Serializes spans one at a time, as they end, into reused memory. */
export class SpanSerializer {
  readonly #writer = new ProtobufWriter();
  readonly #arena = new Arena();

  /** The span in serialized form, to be put into a request. Throws if a value cannot be read or contains itself. */
  serialize(span: ReadableSpan): SerializedSpan {
    try {
      this.#writer.message(2, writeSpan, span);
      const bytes = this.#arena.keep(this.#writer.written);
      return {
        id: span.spanContext().spanId,
        bytes,
        resource: span.resource,
        scope: span.instrumentationScope,
      };
    } finally {
      this.#writer.clear();
    }
  }

  /** Releases all spans so far: their memory is reused. */
  clear(): void {
    this.#arena.clear();
  }
}

/**
 * The spans as an ExportTraceServiceRequest, byte for byte what the SDK's ProtobufTraceSerializer produces. The writer
 * works backwards, so the fields are in descending order here. Throws if an attribute of the resource or scope cannot
 * be read or contains itself.
 */
export function serializeRequest(spans: SerializedSpan[]): Uint8Array {
  const size = spans.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const out = new ProtobufWriter(size + headBytes);
  out.messages(1, writeResourceSpans, [...Map.groupBy(spans, (span) => span.resource)]);
  return out.written;
}

function writeResourceSpans(out: ProtobufWriter, [resource, spans]: [Resource, SerializedSpan[]]): void {
  if (resource.schemaUrl) out.text(3, resource.schemaUrl);
  out.messages(2, writeScopeSpans, [...Map.groupBy(spans, (span) => span.scope)]);
  out.message(1, writeResource, resource);
}

function writeResource(out: ProtobufWriter, resource: Resource): void {
  out.varint(2, 0);
  writeAttributes(out, 1, resource.attributes);
}

function writeScopeSpans(out: ProtobufWriter, [scope, spans]: [Scope, SerializedSpan[]]): void {
  if (scope.schemaUrl) out.text(3, scope.schemaUrl);
  for (let index = spans.length - 1; index >= 0; index -= 1) out.raw((spans[index] as SerializedSpan).bytes);
  out.message(1, writeScope, scope);
}

function writeScope(out: ProtobufWriter, scope: Scope): void {
  if (scope.droppedAttributesCount) out.varint(4, scope.droppedAttributesCount);
  writeAttributes(out, 3, scope.attributes);
  if (scope.version) out.text(2, scope.version);
  out.text(1, scope.name);
}

function writeSpan(out: ProtobufWriter, span: ReadableSpan): void {
  const { traceId, spanId, traceState, traceFlags } = span.spanContext();
  const parent = span.parentSpanContext;
  const state = traceState?.serialize();
  out.fixed32(16, spanFlags(traceFlags, parent?.isRemote));
  out.message(15, writeStatus, span.status);
  out.varint(14, span.droppedLinksCount);
  out.messages(13, writeLink, span.links);
  out.varint(12, span.droppedEventsCount);
  out.messages(11, writeEvent, span.events);
  out.varint(10, span.droppedAttributesCount);
  writeAttributes(out, 9, span.attributes);
  writeTime(out, 8, span.endTime);
  writeTime(out, 7, span.startTime);
  out.varint(6, span.kind + 1);
  out.text(5, span.name);
  if (parent?.spanId) out.hex(4, parent.spanId);
  if (state) out.text(3, state);
  out.hex(2, spanId);
  out.hex(1, traceId);
}

function writeStatus(out: ProtobufWriter, status: SpanStatus): void {
  out.varint(3, status.code);
  if (status.message) out.text(2, status.message);
}

function writeEvent(out: ProtobufWriter, event: TimedEvent): void {
  out.varint(4, event.droppedAttributesCount ?? 0);
  writeAttributes(out, 3, event.attributes);
  out.text(2, event.name);
  writeTime(out, 1, event.time);
}

function writeLink(out: ProtobufWriter, { context, attributes, droppedAttributesCount }: Link): void {
  const state = context.traceState?.serialize();
  out.fixed32(6, spanFlags(context.traceFlags, context.isRemote));
  out.varint(5, droppedAttributesCount ?? 0);
  writeAttributes(out, 4, attributes);
  if (state) out.text(3, state);
  out.hex(2, context.spanId);
  out.hex(1, context.traceId);
}

function spanFlags(traceFlags: number, remote: boolean | undefined): number {
  return (traceFlags & 0xff) | hasIsRemote | (remote ? isRemote : 0);
}

/** Nanoseconds since 1970. 10^9 is 5^9 · 2^9: seconds · 5^9 is a safe integer, and 2^9 only shifts it. */
function writeTime(out: ProtobufWriter, field: number, [seconds, nanoseconds]: HrTime): void {
  const units = seconds * 5 ** 9;
  const low = (units % 2 ** 23) * 2 ** 9 + nanoseconds;
  out.fixed64(field, Math.floor(units / 2 ** 23) + Math.floor(low / 2 ** 32), low);
}

function writeAttributes(out: ProtobufWriter, field: number, attributes: object | undefined): void {
  if (!attributes) return;
  const keys = Object.keys(attributes);
  // The most frequent message: written without a function and a pair for each.
  for (let index = keys.length - 1; index >= 0; index -= 1) {
    const key = keys[index] as string;
    const end = out.length;
    writeAnyValue(out, (attributes as Record<string, unknown>)[key]);
    out.enclose(2, end);
    out.text(1, key);
    out.enclose(field, end);
  }
}

/** Whole numbers become integers, even if a program means them as floats; a value OTLP has no type for is empty. */
function writeAnyValue(out: ProtobufWriter, value: unknown): void {
  if (typeof value === 'string') out.text(1, value);
  else if (typeof value === 'boolean') out.varint(2, value ? 1 : 0);
  else if (typeof value === 'number') {
    if (Number.isInteger(value) && value >= -int64 && value < int64) out.varint(3, value);
    else out.double(4, value);
  } else if (value instanceof Uint8Array) out.bytes(7, value);
  else if (Array.isArray(value)) out.message(5, writeItems, value);
  else if (typeof value === 'object' && value !== null) out.message(6, writeMembers, value);
}

function writeItems(out: ProtobufWriter, items: unknown[]): void {
  out.messages(1, writeAnyValue, items);
}

function writeMembers(out: ProtobufWriter, members: object): void {
  writeAttributes(out, 1, members);
}
