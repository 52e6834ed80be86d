import { createWriteStream, mkdirSync, openSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** A log larger than this, in bytes, is put aside as `{name}.log.1` at the next start. */
const largest = 16 * 1024 * 1024;
const kept = 15;

export interface ProcessLog {
  path: string;
  /** Writes every line of the stream to the file. */
  take(stream: Readable, onLine: (line: string) => void): void;
  /** The last lines, oldest first. */
  lastLines(): string[];
  close(): Promise<void>;
}

/**
 * `{directory}/{name}.log`, appended to; readable by its owner only. Throws when it cannot be opened; a fault
 * while it is written goes to `onFault`, once, and ends the writing.
 */
export function openLog(directory: string, name: string, onFault: (error: Error) => void): ProcessLog {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const file = path.join(directory, `${name}.log`);
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > largest) renameSync(file, `${file}.1`);
  const output = createWriteStream(file, { fd: openSync(file, 'a', 0o600) }).once('error', onFault);
  const last: string[] = [];
  return {
    path: file,
    take(stream, onLine) {
      createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on('line', (line) => {
        if (output.writable) output.write(`${line}\n`);
        last.push(line);
        if (last.length > kept) last.shift();
        onLine(line);
      });
    },
    lastLines: () => [...last],
    close: () => new Promise((resolve) => output.end(() => resolve())),
  };
}

/**
 * What a person should see of a log line: its text where it is a warning or worse (pino's level 40 and up),
 * or no JSON at all; null for the rest.
 */
export function warningIn(line: string): string | null {
  if (!line.startsWith('{')) return line.trim() === '' ? null : line;
  let entry: { level?: unknown; msg?: unknown; err?: { message?: unknown } };
  try {
    entry = JSON.parse(line);
  } catch {
    return line;
  }
  if (typeof entry.level !== 'number' || entry.level < 40) return null;
  const texts = [entry.msg, entry.err?.message].filter((text) => typeof text === 'string');
  return [...new Set(texts)].join(': ') || line;
}
