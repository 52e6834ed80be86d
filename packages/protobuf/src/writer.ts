import { wireType } from './wire-type.ts';

const firstBytes = 65_536;
/** A larger buffer is not kept for the next message. */
const keptBytes = 1024 * 1024;
/** Strings up to this length are copied character by character: calling native code takes longer. */
const shortText = 24;
/** Strings from this length on are measured first: reserving their maximum size would waste too much. */
const longText = 65_536;

/** Strings from this length on are encoded once per message, however often they occur in it. */
const repeatable = 1_024;

/**
 * Writes protobuf messages from end to start: a field's content is complete before its length is written. Fields appear
 * in the reverse order of the calls. A lone surrogate becomes U+FFFD.
 */
export class ProtobufWriter {
  #buffer: Buffer;
  /** The index of the first byte written. */
  #start: number;
  /** The long strings of the message, and the message's length when each was written. */
  #texts: { text: string; size: number; end: number }[] = [];

  constructor(bytes = firstBytes) {
    this.#buffer = Buffer.allocUnsafeSlow(bytes);
    this.#start = bytes;
  }

  /** A view of what was written, valid until more is. */
  get written(): Uint8Array {
    return this.#buffer.subarray(this.#start);
  }

  /** Starts over, in the same memory unless it has become large. */
  clear(): void {
    if (this.#buffer.length > keptBytes) this.#buffer = Buffer.allocUnsafeSlow(firstBytes);
    this.#start = this.#buffer.length;
    this.#texts = [];
  }

  /** The value as an int64; it must be an integer. */
  varint(field: number, value: number): void {
    this.#varint(value);
    this.#varint(field * 8 + wireType.varint);
  }

  fixed32(field: number, value: number): void {
    this.#uint32(value);
    this.#varint(field * 8 + wireType.fixed32);
  }

  fixed64(field: number, high: number, low: number): void {
    this.#uint32(high);
    this.#uint32(low);
    this.#varint(field * 8 + wireType.fixed64);
  }

  double(field: number, value: number): void {
    const at = this.#reserve(8);
    this.#buffer.writeDoubleLE(value, at);
    this.#varint(field * 8 + wireType.fixed64);
  }

  text(field: number, text: string): void {
    const size = text.length < repeatable ? this.#text(text) : (this.#repeated(text) ?? this.#first(text));
    this.#delimit(field, size);
  }

  /** Copies a string that the message already contains: a prompt is an attribute and in an event. */
  #repeated(text: string): number | null {
    const known = this.#texts.find((candidate) => candidate.text === text);
    if (!known) return null;
    const at = this.#reserve(known.size);
    const from = this.#buffer.length - known.end;
    this.#buffer.copyWithin(at, from, from + known.size);
    return known.size;
  }

  #first(text: string): number {
    const size = this.#text(text);
    this.#texts.push({ text, size, end: this.length });
    return size;
  }

  /** How many bytes of UTF-8 it wrote. */
  #text(text: string): number {
    const { length } = text;
    if (length <= shortText && this.#ascii(text)) return length;
    // Moving what was written is much faster than measuring the text first.
    const room = length < longText ? length * 3 : Buffer.byteLength(text);
    const at = this.#reserve(room);
    const size = this.#buffer.write(text, at, room);
    if (size < room) {
      this.#start += room - size;
      this.#buffer.copyWithin(this.#start, at, at + size);
    }
    return size;
  }

  /** Whether the text was ASCII and has been written. */
  #ascii(text: string): boolean {
    const at = this.#reserve(text.length);
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      if (code > 127) {
        this.#start += text.length;
        return false;
      }
      this.#buffer[at + index] = code;
    }
    return true;
  }

  /** Bytes that are already encoded fields. */
  raw(bytes: Uint8Array): void {
    const at = this.#reserve(bytes.length);
    this.#buffer.set(bytes, at);
  }

  bytes(field: number, bytes: Uint8Array): void {
    const at = this.#reserve(bytes.length);
    this.#buffer.set(bytes, at);
    this.#delimit(field, bytes.length);
  }

  /** The bytes that the text spells in hex; zeros from the first non-hex character on. */
  hex(field: number, text: string): void {
    const size = text.length >>> 1;
    const at = this.#reserve(size);
    const written = this.#buffer.write(text, at, size, 'hex');
    if (written < size) this.#buffer.fill(0, at + written, at + size);
    this.#delimit(field, size);
  }

  message<Value>(field: number, write: (out: ProtobufWriter, value: Value) => void, value: Value): void {
    const end = this.length;
    write(this, value);
    this.enclose(field, end);
  }

  /** How many bytes are written. */
  get length(): number {
    return this.#buffer.length - this.#start;
  }

  /** Turns everything written since the length was `end` into one field. */
  enclose(field: number, end: number): void {
    this.#delimit(field, this.length - end);
  }

  /** A repeated field; its messages appear in the order of the values. */
  messages<Value>(field: number, write: (out: ProtobufWriter, value: Value) => void, values: Value[]): void {
    for (let index = values.length - 1; index >= 0; index -= 1)
      this.message(field, write, values[index] as Value);
  }

  #delimit(field: number, size: number): void {
    this.#varint(size);
    this.#varint(field * 8 + wireType.delimited);
  }

  #uint32(value: number): void {
    const at = this.#reserve(4);
    this.#buffer[at] = value;
    this.#buffer[at + 1] = value >>> 8;
    this.#buffer[at + 2] = value >>> 16;
    this.#buffer[at + 3] = value >>> 24;
  }

  #varint(value: number): void {
    if (value >= 0 && value < 128) {
      // The buffer may have been replaced to make room.
      const at = this.#reserve(1);
      this.#buffer[at] = value;
      return;
    }
    let low = value >>> 0;
    let high = Math.floor(value / 2 ** 32) >>> 0;
    const bits = high > 0 ? 64 - Math.clz32(high) : 32 - Math.clz32(low | 1);
    let at = this.#reserve(Math.ceil(bits / 7));
    for (; high > 0 || low > 127; at += 1) {
      this.#buffer[at] = (low & 127) | 128;
      low = ((low >>> 7) | (high << 25)) >>> 0;
      high >>>= 7;
    }
    this.#buffer[at] = low;
  }

  /** Reserves that many bytes before what was written. */
  #reserve(size: number): number {
    if (size > this.#start) this.#grow(size);
    this.#start -= size;
    return this.#start;
  }

  #grow(size: number): void {
    const written = this.#buffer.subarray(this.#start);
    const larger = Buffer.allocUnsafeSlow(2 * this.#buffer.length + size);
    this.#start = larger.length - written.length;
    larger.set(written, this.#start);
    this.#buffer = larger;
  }
}
