import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { type FilePart, ofFile, rowsOf } from './rows-of.ts';
import type { TraceFile } from './sources.ts';

export interface ReadPart {
  file: TraceFile;
  part: FilePart;
}

/** Threads that read; one writes beside them. */
const readers = Math.max(1, Math.min(2, availableParallelism()));

const tooLarge = 'It cannot be read whole: one of its traces takes more memory than there is for reading it.';

/** Fewer bytes are read sooner than a thread has begun. */
const worthThreads = 32 * 1024 * 1024;

/**
 * Reads the files, in threads where there is much to read, and gives what is in them as it comes: the parts of a file in
 * order, those of several files mixed. A thread reads on only when its last part was taken, so few parts are in memory.
 */
export async function* readFiles(files: readonly TraceFile[], scratch: string): AsyncGenerator<ReadPart> {
  if (files.reduce((sum, { size }) => sum + size, 0) < worthThreads) {
    for (const file of files) for await (const part of rowsOf(file, scratch)) yield { file, part };
    return;
  }
  const waiting = [...files].reverse();
  const threads = Array.from({ length: Math.min(readers, files.length) }, () => new Reader(scratch));
  try {
    const next = new Map<Reader, Promise<[Reader, ReadPart]>>();
    const advance = (reader: Reader, isFree: boolean) => {
      const file = isFree ? waiting.pop() : null;
      if (file === undefined) next.delete(reader);
      else next.set(reader, reader.read(file));
    };
    for (const reader of threads) advance(reader, true);
    while (next.size > 0) {
      const [reader, read] = await Promise.race(next.values());
      // It reads on while this part is written.
      advance(reader, read.part.isLast);
      yield read;
    }
  } finally {
    await Promise.all(threads.map((reader) => reader.end()));
  }
}

/** A thread that reads one file at a time. */
class Reader {
  readonly #scratch: string;
  #worker: Worker;
  #file: TraceFile | undefined;

  constructor(scratch: string) {
    this.#scratch = scratch;
    this.#worker = this.#start();
  }

  #start(): Worker {
    return new Worker(new URL('./reader.ts', import.meta.url), {
      workerData: this.#scratch,
      resourceLimits: { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 12 },
    });
  }

  /** The next part of the file; null: of the one it is reading. A file that is too large for the thread is a problem. */
  async read(file: TraceFile | null): Promise<[Reader, ReadPart]> {
    this.#file = file ?? this.#file;
    if (!this.#file) throw new Error('no file is being read');
    const answer = Promise.withResolvers<FilePart>();
    const lost = (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ERR_WORKER_OUT_OF_MEMORY') return answer.reject(error);
      this.#worker = this.#start();
      answer.resolve({ traces: [], problems: [ofFile(tooLarge)], isLast: true });
    };
    const worker = this.#worker;
    worker.once('message', answer.resolve).once('error', lost);
    worker.postMessage(file);
    try {
      return [this, { file: this.#file, part: await answer.promise }];
    } finally {
      worker.off('message', answer.resolve).off('error', lost);
    }
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}
