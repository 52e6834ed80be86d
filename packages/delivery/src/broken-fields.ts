import { ProtobufReader, wireType } from '@agento/protobuf';

const nothing = new Uint8Array();

/** Truncated fields are rare in a dead process's spool, and expensive to detect. */
const costOfBreaking = 100;

/**
 * Reads the fields of a message that may be truncated or invalid, up to the point where it is. All messages of a file
 * share a budget of fields.
 */
export class BrokenFields {
  readonly #reader: ProtobufReader;
  readonly #budget: { fields: number };
  #isBroken = false;

  constructor(message: Uint8Array, budget: { fields: number }) {
    this.#reader = new ProtobufReader(message);
    this.#budget = budget;
  }

  /** Moves to the next field; false if there is none that can be read. */
  next(): boolean {
    if (this.isOver || this.isCut || this.#budget.fields <= 0) return false;
    this.#budget.fields -= 1;
    try {
      return this.#reader.nextOrPart();
    } catch {
      this.#isBroken = true;
      this.#budget.fields -= costOfBreaking;
      return false;
    }
  }

  /** The message is truncated within the current field, or invalid from there on. */
  get isCut(): boolean {
    return this.#isBroken || this.#reader.isCut;
  }

  /** The message was read to its end. */
  get isOver(): boolean {
    return this.#reader.isOver;
  }

  /** Of the current field. */
  get number(): number {
    return this.#reader.number;
  }

  /** The field including its tag and length. */
  get whole(): Uint8Array {
    return this.#reader.whole;
  }

  /** The content of a string, bytes or a message, as far as it exists; empty for a number. */
  get content(): Uint8Array {
    return this.#reader.type === wireType.delimited ? this.#reader.content : nothing;
  }
}
