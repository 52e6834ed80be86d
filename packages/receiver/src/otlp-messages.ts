/** How a value is written. `hex` is bytes that OTLP JSON writes in hex, as it does ids. */
export type Scalar =
  | 'string'
  | 'hex'
  | 'bytes'
  | 'bool'
  | 'double'
  | 'int32'
  | 'uint32'
  | 'enum'
  | 'fixed32'
  | 'int64'
  | 'fixed64';

export interface MessageField {
  name: string;
  number: number;
  type: Scalar | MessageType;
  isList: boolean;
  /** Of a oneof: that it is there says something, whatever its value. */
  isChoice: boolean;
}

/** One of OTLP's messages, as its official definition has it (`protos/`; a test compares the two). */
export class MessageType {
  readonly name: string;
  readonly #define: () => MessageField[];
  #fields: MessageField[] | undefined;
  #byNumber: (MessageField | undefined)[] = [];

  /** The fields are asked for when they are needed: messages contain each other. */
  constructor(name: string, define: () => MessageField[]) {
    this.name = name;
    this.#define = define;
  }

  /** In the definition's order. */
  get fields(): MessageField[] {
    if (!this.#fields) {
      this.#fields = this.#define();
      for (const field of this.#fields) this.#byNumber[field.number] = field;
    }
    return this.#fields;
  }

  /** Undefined for a field that the definitions do not know. */
  field(number: number): MessageField | undefined {
    if (!this.#fields) void this.fields;
    return this.#byNumber[number];
  }
}

const field = (name: string, number: number, type: Scalar | MessageType): MessageField => ({
  name,
  number,
  type,
  isList: false,
  isChoice: false,
});
const list = (name: string, number: number, type: Scalar | MessageType) => ({
  ...field(name, number, type),
  isList: true,
});
const choice = (name: string, number: number, type: Scalar | MessageType) => ({
  ...field(name, number, type),
  isChoice: true,
});

const AnyValue: MessageType = new MessageType('AnyValue', () => [
  choice('stringValue', 1, 'string'),
  choice('boolValue', 2, 'bool'),
  choice('intValue', 3, 'int64'),
  choice('doubleValue', 4, 'double'),
  choice('arrayValue', 5, ArrayValue),
  choice('kvlistValue', 6, KeyValueList),
  choice('bytesValue', 7, 'bytes'),
  choice('stringValueStrindex', 8, 'int32'),
]);
const KeyValue = new MessageType('KeyValue', () => [
  field('key', 1, 'string'),
  field('value', 2, AnyValue),
  field('keyStrindex', 3, 'int32'),
]);
const ArrayValue = new MessageType('ArrayValue', () => [list('values', 1, AnyValue)]);
const KeyValueList = new MessageType('KeyValueList', () => [list('values', 1, KeyValue)]);
const InstrumentationScope = new MessageType('InstrumentationScope', () => [
  field('name', 1, 'string'),
  field('version', 2, 'string'),
  list('attributes', 3, KeyValue),
  field('droppedAttributesCount', 4, 'uint32'),
]);
const EntityRef = new MessageType('EntityRef', () => [
  field('schemaUrl', 1, 'string'),
  field('type', 2, 'string'),
  list('idKeys', 3, 'string'),
  list('descriptionKeys', 4, 'string'),
]);
const Resource = new MessageType('Resource', () => [
  list('attributes', 1, KeyValue),
  field('droppedAttributesCount', 2, 'uint32'),
  list('entityRefs', 3, EntityRef),
]);
const Event = new MessageType('Event', () => [
  field('timeUnixNano', 1, 'fixed64'),
  field('name', 2, 'string'),
  list('attributes', 3, KeyValue),
  field('droppedAttributesCount', 4, 'uint32'),
]);
const Link = new MessageType('Link', () => [
  field('traceId', 1, 'hex'),
  field('spanId', 2, 'hex'),
  field('traceState', 3, 'string'),
  list('attributes', 4, KeyValue),
  field('droppedAttributesCount', 5, 'uint32'),
  field('flags', 6, 'fixed32'),
]);
const Status = new MessageType('Status', () => [field('message', 2, 'string'), field('code', 3, 'enum')]);

export const Span = new MessageType('Span', () => [
  field('traceId', 1, 'hex'),
  field('spanId', 2, 'hex'),
  field('traceState', 3, 'string'),
  field('parentSpanId', 4, 'hex'),
  field('flags', 16, 'fixed32'),
  field('name', 5, 'string'),
  field('kind', 6, 'enum'),
  field('startTimeUnixNano', 7, 'fixed64'),
  field('endTimeUnixNano', 8, 'fixed64'),
  list('attributes', 9, KeyValue),
  field('droppedAttributesCount', 10, 'uint32'),
  list('events', 11, Event),
  field('droppedEventsCount', 12, 'uint32'),
  list('links', 13, Link),
  field('droppedLinksCount', 14, 'uint32'),
  field('status', 15, Status),
]);
export const ScopeSpans = new MessageType('ScopeSpans', () => [
  field('scope', 1, InstrumentationScope),
  list('spans', 2, Span),
  field('schemaUrl', 3, 'string'),
]);
export const ResourceSpans = new MessageType('ResourceSpans', () => [
  field('resource', 1, Resource),
  list('scopeSpans', 2, ScopeSpans),
  field('schemaUrl', 3, 'string'),
]);
export const ExportRequest = new MessageType('ExportTraceServiceRequest', () => [
  list('resourceSpans', 1, ResourceSpans),
]);
