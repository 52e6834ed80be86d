// Wire types.
const varint = 0;
const fixed64 = 1;
const lengthDelimited = 2;
const fixed32 = 5;

const firstBytes = 4_096;

/**
 * Writes a protobuf message from its end to its start: what is in a field is there before the field's length, so
 * nothing is measured twice or moved. Fields come out in the reverse order of the calls. All strings are measured
 * and copied natively; a lone surrogate becomes U+FFFD.
 */
export class ProtobufWriter {
  #buffer = Buffer.allocUnsafe(firstBytes);
  /** Where the first byte is that was written. */
  #start = firstBytes;

  /** A copy, of just the size, of what was written. */
  finish(): Uint8Array {
    return new Uint8Array(this.#buffer.subarray(this.#start));
  }

  /** The value, read as an int64; it has to be an integer. */
  varint(field: number, value: number): void {
    this.#varint(value);
    this.#varint(field * 8 + varint);
  }

  fixed32(field: number, value: number): void {
    this.#uint32(value);
    this.#varint(field * 8 + fixed32);
  }

  fixed64(field: number, high: number, low: number): void {
    this.#uint32(high);
    this.#uint32(low);
    this.#varint(field * 8 + fixed64);
  }

  double(field: number, value: number): void {
    const at = this.#reserve(8);
    this.#buffer.writeDoubleLE(value, at);
    this.#varint(field * 8 + fixed64);
  }

  text(field: number, text: string): void {
    const size = Buffer.byteLength(text);
    const at = this.#reserve(size);
    this.#buffer.write(text, at, size);
    this.#delimit(field, size);
  }

  bytes(field: number, bytes: Uint8Array): void {
    const at = this.#reserve(bytes.length);
    this.#buffer.set(bytes, at);
    this.#delimit(field, bytes.length);
  }

  /** The bytes that the text spells in hex; zeros from the first character that is no hex. */
  hex(field: number, text: string): void {
    const size = text.length >>> 1;
    const at = this.#reserve(size);
    const written = this.#buffer.write(text, at, size, 'hex');
    if (written < size) this.#buffer.fill(0, at + written, at + size);
    this.#delimit(field, size);
  }

  message<Value>(field: number, write: (out: ProtobufWriter, value: Value) => void, value: Value): void {
    const end = this.#buffer.length - this.#start;
    write(this, value);
    this.#delimit(field, this.#buffer.length - this.#start - end);
  }

  /** A repeated field; its messages come out in the order of the values. */
  messages<Value>(field: number, write: (out: ProtobufWriter, value: Value) => void, values: Value[]): void {
    for (const value of values.toReversed()) this.message(field, write, value);
  }

  #delimit(field: number, size: number): void {
    this.#varint(size);
    this.#varint(field * 8 + lengthDelimited);
  }

  #uint32(value: number): void {
    const at = this.#reserve(4);
    this.#buffer.writeUInt32LE(value >>> 0, at);
  }

  #varint(value: number): void {
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

  /** Takes that many bytes before what was written. */
  #reserve(size: number): number {
    if (size > this.#start) this.#grow(size);
    this.#start -= size;
    return this.#start;
  }

  #grow(size: number): void {
    const written = this.#buffer.subarray(this.#start);
    const larger = Buffer.allocUnsafe(2 * this.#buffer.length + size);
    this.#start = larger.length - written.length;
    larger.set(written, this.#start);
    this.#buffer = larger;
  }
}
