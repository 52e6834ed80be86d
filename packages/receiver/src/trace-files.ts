import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { makeFolder } from '@agento/files';
import type { TracesData } from './by-trace.ts';

/** Appends without following symbolic links, which could lead anywhere. */
const appendOwn = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;

/** Characters of a line encoded at a time. */
const pieceLength = 1024 * 1024;

/**
 * A folder of `{trace_id}.jsonl` files, one TracesData a line, as the collector's file exporter writes them. Lines
 * are whole as long as one is written at a time.
 */
export class TraceFiles {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Makes the folder, readable by its owner only. */
  async prepare(): Promise<void> {
    await makeFolder(this.#directory);
  }

  /**
   * Resolves with the bytes written when the line stands in the file; rejects, and leaves no half line, when it
   * could not be written.
   */
  async append(traceId: string, data: TracesData): Promise<number> {
    const line = `${JSON.stringify(data)}\n`;
    const file = await open(path.join(this.#directory, `${traceId}.jsonl`), appendOwn, 0o600);
    try {
      const { size } = await file.stat();
      try {
        let written = 0;
        for (const piece of piecesOf(line)) written += await writeAll(file, piece);
        return written;
      } catch (error) {
        await file.truncate(size);
        throw error;
      }
    } finally {
      await file.close();
    }
  }
}

/** The text as chunks of bytes; none splits a surrogate pair. */
function* piecesOf(text: string): Generator<Buffer> {
  for (let start = 0, end = 0; start < text.length; start = end) {
    end = start + pieceLength;
    if (/[\uDC00-\uDFFF]/.test(text[end] ?? '')) end += 1;
    yield Buffer.from(text.slice(start, end));
  }
}

/** A full disk accepts part of a write and reports the error only for the rest. */
async function writeAll(file: Awaited<ReturnType<typeof open>>, bytes: Buffer): Promise<number> {
  let at = 0;
  while (at < bytes.length) at += (await file.write(bytes, at)).bytesWritten;
  return at;
}
