import { mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import type { TracesData } from './by-trace.ts';

/** A folder of `{trace_id}.jsonl` files, one TracesData a line, as the collector's file exporter writes them. */
export class TraceFiles {
  readonly #directory: string;
  /** The last write of each file that has one under way, so that lines never mix. */
  readonly #writes = new Map<string, Promise<void>>();

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Makes the folder, readable by its owner only. */
  async prepare(): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
  }

  /** Resolves when the line stands in the file; rejects, and leaves no half line, when it could not be written. */
  append(traceId: string, data: TracesData): Promise<void> {
    const file = path.join(this.#directory, `${traceId}.jsonl`);
    const line = Buffer.from(`${JSON.stringify(data)}\n`);
    const before = this.#writes.get(file) ?? Promise.resolve();
    const write = before.catch(() => undefined).then(() => appendLine(file, line));
    this.#writes.set(file, write);
    const forget = () => {
      if (this.#writes.get(file) === write) this.#writes.delete(file);
    };
    write.then(forget, forget);
    return write;
  }

  /** Resolves when no write is under way. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#writes.values());
  }
}

async function appendLine(file: string, line: Buffer): Promise<void> {
  const handle = await open(file, 'a', 0o600);
  try {
    const { bytesWritten } = await handle.write(line);
    if (bytesWritten < line.length) {
      const { size } = await handle.stat();
      await handle.truncate(size - bytesWritten);
      throw new Error(`${file}: only ${bytesWritten} of ${line.length} bytes could be written`);
    }
  } finally {
    await handle.close();
  }
}
