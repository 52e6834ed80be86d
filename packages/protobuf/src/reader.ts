import { wireType } from './wire-type.ts';

/**
 * Iterates over the fields of a serialized message and decodes a field only on request. Bytes that are not protobuf
 * throw a RangeError.
 */
export class ProtobufReader {
  readonly #bytes: Buffer;
  #at: number;
  #end: number;
  /** Of the current field: its number, its wire type, and the index of its tag. */
  number = 0;
  type: number = wireType.varint;
  start: number;
  /** Where its value begins, after tag and length, and ends. */
  from: number;
  to: number;
  /** The message ends before the field does; its value is the part that exists. */
  isCut = false;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.#bytes = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#at = start;
    this.#end = end;
    this.start = start;
    this.from = start;
    this.to = start;
  }

  /** The end of the message was reached. */
  get isOver(): boolean {
    return this.#at >= this.#end;
  }

  /** Moves to the next field; false at the end of the message. Throws if the message is truncated within the field. */
  next(): boolean {
    const found = this.nextOrPart();
    if (this.isCut) throw new RangeError(`field ${this.number} is cut off at ${this.#end}`);
    return found;
  }

  /** The same, but a truncated length-delimited field counts, with the part that exists. */
  nextOrPart(): boolean {
    if (this.isOver) return false;
    this.start = this.#at;
    const tag = this.#length();
    this.number = tag >>> 3;
    this.type = tag & 7;
    if (this.number === 0) throw new RangeError(`no field has the number 0, as at ${this.start}`);
    const size = this.#sizeOfValue();
    this.from = this.#at;
    this.isCut = this.from + size > this.#end;
    if (this.isCut && this.type !== wireType.delimited)
      throw new RangeError(`field ${this.number} is cut off at ${this.#end}`);
    this.to = this.isCut ? this.#end : this.from + size;
    this.#at = this.to;
    return true;
  }

  /** Whether the current field has that number and wire type. */
  is(number: number, type: number): boolean {
    return this.number === number && this.type === type;
  }

  #sizeOfValue(): number {
    if (this.type === wireType.delimited) return this.#length();
    if (this.type === wireType.fixed64) return 8;
    if (this.type === wireType.fixed32) return 4;
    if (this.type !== wireType.varint) throw new RangeError(`no field is of wire type ${this.type}`);
    let size = 1;
    while (size <= 10 && (this.#bytes[this.#at + size - 1] ?? 0) > 127) size += 1;
    if (size > 10) throw new RangeError(`the number at ${this.#at} has more than ten bytes`);
    return size;
  }

  /** A varint below 2 ** 32. */
  #length(): number {
    const first = this.#bytes[this.#at];
    if (first !== undefined && first < 128 && !this.isOver) {
      this.#at += 1;
      return first;
    }
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      if (this.isOver) break;
      const byte = this.#bytes[this.#at++] as number;
      value += (byte & 127) * 2 ** shift;
      if (byte < 128 && value < 2 ** 32) return value;
    }
    throw new RangeError(`there is no tag and no length at ${this.start}`);
  }

  /** Enters the field, a message: its fields come next. Returns what `leave` needs to continue after it. */
  enter(): number {
    const outer = this.#end;
    this.#at = this.from;
    this.#end = this.to;
    return outer;
  }

  /** Continues after the message that was entered. */
  leave(outer: number): void {
    this.#at = this.#end;
    this.#end = outer;
  }

  /** The field including its tag and length, as a view. */
  get whole(): Buffer {
    return this.#bytes.subarray(this.start, this.to);
  }

  /** Its value, as a view. */
  get content(): Buffer {
    return this.#bytes.subarray(this.from, this.to);
  }

  get text(): string {
    return this.#bytes.toString('utf8', this.from, this.to);
  }

  get bool(): boolean {
    return this.#varint() !== 0n;
  }

  get int32(): number {
    return Number(BigInt.asIntN(32, this.#varint()));
  }

  get uint32(): number {
    return Number(BigInt.asUintN(32, this.#varint()));
  }

  get int64(): bigint {
    return BigInt.asIntN(64, this.#varint());
  }

  get fixed32(): number {
    return this.#bytes.readUInt32LE(this.from);
  }

  get fixed64(): bigint {
    return this.#bytes.readBigUInt64LE(this.from);
  }

  get double(): number {
    return this.#bytes.readDoubleLE(this.from);
  }

  #varint(): bigint {
    let value = 0n;
    for (let at = this.to - 1; at >= this.from; at -= 1)
      value = (value << 7n) | BigInt((this.#bytes[at] as number) & 127);
    return value;
  }
}
