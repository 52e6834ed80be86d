import type { Stream } from '../store.ts';

/** A record to be written: which stream, and its JSON. */
export interface NewRecord {
  stream: Stream;
  json: string;
}

interface Write {
  records: NewRecord[];
  /** Instead of records. */
  other: (() => Promise<void>) | undefined;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/** Most records and characters of one statement; a larger record goes alone. */
const most = { records: 500, characters: 2_000_000 };

/** One part's writes, one after the other in the order of the calls; what is appended meanwhile is gathered. */
export class WriteQueue {
  readonly #append: (records: NewRecord[]) => Promise<void>;
  #waiting: Write[] = [];
  #running = false;

  constructor(append: (records: NewRecord[]) => Promise<void>) {
    this.#append = append;
  }

  append(records: NewRecord[]): Promise<void> {
    return this.#add(records, undefined);
  }

  other(work: () => Promise<void>): Promise<void> {
    return this.#add([], work);
  }

  #add(records: NewRecord[], other: Write['other']): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiting.push({ records, other, resolve, reject });
    if (!this.#running) void this.#run();
    return promise;
  }

  async #run(): Promise<void> {
    this.#running = true;
    // What is called in the same moment is gathered from the first statement on.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const writes = this.#take();
      try {
        await (writes[0]?.other?.() ?? this.#append(writes.flatMap(({ records }) => records)));
        for (const { resolve } of writes) resolve();
      } catch (error) {
        for (const { reject } of writes) reject(error);
      }
    }
    this.#running = false;
  }

  /** The next write, with the appends right behind it if it is one. */
  #take(): Write[] {
    const [first, ...behind] = this.#waiting;
    if (!first) return [];
    let records = first.records.length;
    let characters = lengthOf(first);
    let end = 1;
    for (const write of first.other ? [] : behind) {
      records += write.records.length;
      characters += lengthOf(write);
      if (write.other || records > most.records || characters > most.characters) break;
      end += 1;
    }
    return this.#waiting.splice(0, end);
  }
}

const lengthOf = ({ records }: Write): number => records.reduce((sum, { json }) => sum + json.length, 0);
