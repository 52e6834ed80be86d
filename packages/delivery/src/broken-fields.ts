import protobuf from 'protobufjs/minimal.js';

const lengthDelimited = 2;
/** What breaks off is seldom in what a process has left, and dear to find out. */
const costOfBreaking = 100;
/** Fixed64, length-delimited and fixed32 beside varints; groups, which OTLP has not, would nest without an end. */
const wireTypes = new Set([0, 1, lengthDelimited, 5]);

/**
 * Goes through the fields of a message that may have broken off, or be none at all, up to where that is so. Nothing is
 * made of a field before it is asked for. All messages of a file share a budget of fields.
 */
export class BrokenFields {
  readonly #message: Uint8Array;
  readonly #reader: protobuf.Reader;
  readonly #budget: { fields: number };
  #start = 0;
  #inside = 0;
  #end = 0;
  /** Of the field that was come to last. */
  number = 0;
  /** The message ends before that field does. */
  isCut = false;

  constructor(message: Uint8Array, budget: { fields: number }) {
    this.#message = message;
    this.#reader = protobuf.Reader.create(message);
    this.#budget = budget;
  }

  /** Goes on to the next field; false where there is none that can be read. */
  next(): boolean {
    const reader = this.#reader;
    if (this.isOver || this.isCut || this.#budget.fields <= 0) return false;
    this.#budget.fields -= 1;
    try {
      this.#start = reader.pos;
      const tag = reader.uint32();
      this.number = tag >>> 3;
      if (this.number === 0 || !wireTypes.has(tag & 7)) return this.#breakOff();
      const size = (tag & 7) === lengthDelimited ? reader.uint32() : null;
      if (size === null) reader.skipType(tag & 7);
      this.#inside = reader.pos;
      if (size !== null) reader.pos = Math.min(reader.pos + size, reader.len);
      this.#end = reader.pos;
      this.isCut = size !== null && this.#inside + size > reader.len;
      return true;
    } catch {
      return this.#breakOff();
    }
  }

  #breakOff(): false {
    this.isCut = true;
    this.#budget.fields -= costOfBreaking;
    return false;
  }

  /** The message was read to its end. */
  get isOver(): boolean {
    return this.#reader.pos >= this.#reader.len;
  }

  /** The field with its tag and length. */
  get whole(): Uint8Array {
    return this.#message.subarray(this.#start, this.#end);
  }

  /** What is inside a text, bytes or a message, as far as it is there; nothing of a number. */
  get content(): Uint8Array {
    return this.#message.subarray(this.#inside, this.#end);
  }
}
