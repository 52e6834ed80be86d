import { type Attributes, createTraceState, type Link, type SpanContext } from '@opentelemetry/api';
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createCounters } from '../src/counters.ts';
import { SpanSerializer, serializeRequest } from '../src/otlp-writer.ts';
import { Outbox } from '../src/outbox.ts';
import { requestsOf } from '../src/requests.ts';
import { Warnings } from '../src/warnings.ts';

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.array(fc.constantFrom('a', 'é', '計', '🫖', '\0', '\ud800', '\udc00')).map((pieces) => pieces.join('')),
);
const number = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double(),
  fc.double().map(Math.trunc),
  fc.constantFrom(-0, 2 ** 32, -(2 ** 32), 2 ** 63, -(2 ** 63), 2 ** 63 - 1024, -(2 ** 63) - 2048),
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    text,
    number,
    fc.boolean(),
    fc.uint8Array(),
    fc.constantFrom(null, undefined, 1n, Symbol.iterator, new Date(0), new Float32Array([1.5])),
    fc.array(tie('value')),
    fc.dictionary(text, tie('value')),
  ),
}));
const attributes = fc.dictionary(text, value) as fc.Arbitrary<Attributes>;
const count = fc.oneof(fc.nat(), fc.constantFrom(0, 127, 128, 2 ** 32 - 1));
const time = fc.tuple(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.integer({ min: 0, max: 999_999_999 }));
const hex = (size: number) => fc.uint8Array({ minLength: size, maxLength: size }).map(toHex);
const optional = { requiredKeys: [] };

const context: fc.Arbitrary<SpanContext> = fc
  .tuple(
    fc.record({ traceId: hex(16), spanId: hex(8), traceFlags: fc.nat({ max: 0x3ff }) }),
    fc.record(
      {
        isRemote: fc.boolean(),
        traceState: fc.constantFrom('', 'agento=1', 'a=1,b=2').map(createTraceState),
      },
      optional,
    ),
  )
  .map(([ids, rest]) => ({ ...ids, ...rest }));

const resource = fc
  .tuple(
    attributes,
    fc.option(text, { nil: undefined }).map((schemaUrl) => (schemaUrl === undefined ? {} : { schemaUrl })),
  )
  .map(([given, schema]) => resourceFromAttributes(given, schema));

const scope = fc
  .tuple(
    fc.record({ name: text }),
    fc.record({ version: text, schemaUrl: text, attributes, droppedAttributesCount: count }, optional),
  )
  .map(([name, rest]) => ({ ...name, ...rest }));

const event = fc
  .tuple(fc.record({ time, name: text }), fc.record({ attributes, droppedAttributesCount: count }, optional))
  .map(([event, rest]) => ({ ...event, ...rest }));

const link: fc.Arbitrary<Link> = fc
  .tuple(fc.record({ context }), fc.record({ attributes, droppedAttributesCount: count }, optional))
  .map(([link, rest]) => ({ ...link, ...rest }));

const span = fc
  .tuple(
    fc.record({
      name: text,
      kind: fc.nat({ max: 4 }),
      startTime: time,
      endTime: time,
      duration: time,
      ended: fc.constant(true),
      status: fc
        .tuple(fc.nat({ max: 2 }), fc.option(text, { nil: undefined }))
        .map(([code, message]) => (message === undefined ? { code } : { code, message })),
      attributes,
      links: fc.array(link, { maxLength: 3 }),
      events: fc.array(event, { maxLength: 3 }),
      droppedAttributesCount: count,
      droppedEventsCount: count,
      droppedLinksCount: count,
    }),
    fc.record({ parentSpanContext: context }, optional),
    context,
  )
  .map(([fields, parent, own]) => ({ ...fields, ...parent, spanContext: () => own }));

/** Spans of several resources and scopes, in any order. */
const spans: fc.Arbitrary<ReadableSpan[]> = fc
  .tuple(fc.array(resource, { minLength: 1, maxLength: 3 }), fc.array(scope, { minLength: 1, maxLength: 3 }))
  .chain(([resources, scopes]) =>
    fc.array(
      fc
        .tuple(span, fc.constantFrom(...resources), fc.constantFrom(...scopes))
        .map(([fields, resource, instrumentationScope]) => ({ ...fields, resource, instrumentationScope })),
      { maxLength: 6 },
    ),
  );

const plain: ReadableSpan = {
  name: 'plain',
  kind: 0,
  spanContext: () => ({ traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1 }),
  startTime: [1_700_000_000, 1],
  endTime: [1_700_000_001, 2],
  duration: [1, 1],
  ended: true,
  status: { code: 0 },
  attributes: {},
  links: [],
  events: [],
  resource: resourceFromAttributes({ 'service.name': 'writer' }),
  instrumentationScope: { name: 'writer' },
  droppedAttributesCount: 0,
  droppedEventsCount: 0,
  droppedLinksCount: 0,
};

function toHex(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString('hex');
}

function written(given: ReadableSpan[]): string {
  const serializer = new SpanSerializer();
  return toHex(serializeRequest(given.map((span) => serializer.serialize(span))));
}

function writtenBySdk(given: ReadableSpan[]): string {
  return toHex(ProtobufTraceSerializer.serializeRequest(given));
}

test('any spans become the very bytes that the SDK makes of them', () => {
  fc.assert(
    fc.property(spans, (given) => {
      expect(written(given)).toBe(writtenBySdk(given));
    }),
    { numRuns: 2_000 },
  );
});

test('texts of any length become the very bytes that the SDK makes of them', () => {
  const piece = fc.constantFrom('a', 'é', '計', '🫖', '\ud800', '\udc00', 'plan ');
  const size = fc.oneof(fc.constantFrom(127, 128, 4_096, 16_383, 16_384), fc.nat({ max: 2 ** 20 }));
  fc.assert(
    fc.property(fc.array(fc.tuple(piece, size), { minLength: 1, maxLength: 4 }), (pieces) => {
      const long = pieces.map(([unit, length]) => unit.repeat(length / unit.length)).join('');
      const given = [
        { ...plain, attributes: { long, parts: [long.slice(1), long, long.slice(2)], again: long } },
        plain,
      ];
      expect(written(given) === writtenBySdk(given)).toBe(true);
    }),
    { numRuns: 40 },
  );
});

test('an id that is no hex is zeros from there on, never what was in memory before', () => {
  const linked = (traceId: string) => [
    { ...plain, links: [{ context: { traceId, spanId: '', traceFlags: 0 } }] },
  ];
  expect(written(linked(`12${'no'.repeat(15)}`))).toBe(writtenBySdk(linked(`12${'00'.repeat(15)}`)));
  expect(written(linked('123'))).toBe(writtenBySdk(linked('12')));
});

test('a span that contains itself or cannot be read is lost alone', () => {
  const circle: unknown[] = [];
  circle.push(circle);
  const unreadable = Object.defineProperty({}, 'value', {
    enumerable: true,
    get() {
      throw new Error('gone');
    },
  });
  const given = [
    plain,
    { ...plain, attributes: { circle } as unknown as Attributes },
    { ...plain, attributes: unreadable },
    { ...plain, name: 'last' },
  ];
  const counters = createCounters();
  const limits = {
    maxQueueBytes: 65_536,
    maxSpoolBytes: 0,
    maxRequestBytes: 4_096,
    maxBatchSpans: 512,
    shedFirst: [],
  };
  const outbox = new Outbox(limits, null, counters, new Warnings(undefined), () => {});
  for (const span of given) outbox.add(span);
  outbox.markDue();
  const batch = outbox.head();
  expect(toHex(batch?.bytes ?? undefined)).toBe(writtenBySdk([plain, { ...plain, name: 'last' }]));
  expect(counters.snapshot()).toMatchObject({ queued: 2, dropped: { not_serializable: 2 } });
});

test('a resource that cannot be read costs the spans of its request, and no other', () => {
  const unreadable = { ...plain.resource, attributes: undefined } as unknown as ReadableSpan['resource'];
  Object.defineProperty(unreadable, 'attributes', {
    get() {
      throw new Error('gone');
    },
  });
  const spans = [{ ...plain, resource: unreadable }].map((span) => new SpanSerializer().serialize(span));
  expect(requestsOf(spans, { maxBytes: 4_096, shedFirst: [], counters: createCounters() })).toEqual({
    requests: [],
    lost: [{ reason: 'not_serializable', spans: 1 }],
  });
  expect(written([plain])).toBe(writtenBySdk([plain]));
});
