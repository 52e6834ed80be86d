import { closeSync, openSync, readSync, renameSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { makeFolderSync } from '@agento/files';

/** A log larger than this, in bytes, is put aside as `{name}.log.1` at the next start. */
const largest = 16 * 1024 * 1024;
/** Most characters of a line that are given. */
const longestLine = 1024 * 1024;
/** Polling interval, in milliseconds. */
const interval = 200;

export interface LogFile {
  path: string;
  /** The process's stdout: it can keep writing when its parent is gone. */
  descriptor: number;
  /** Adds a line; a full disk loses it. */
  add(line: string): void;
  /** Reads what has been added one last time, and closes the file. */
  close(): void;
}

/**
 * Opens `{directory}/{name}.log`, readable by its owner only, and gives each line that is written to it from
 * now on. Throws when it cannot be opened.
 */
export function openLog(directory: string, name: string, onLine: (line: string) => void): LogFile {
  makeFolderSync(directory);
  const file = path.join(directory, `${name}.log`);
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > largest) renameSync(file, `${file}.1`);
  const descriptor = openSync(file, 'a+', 0o600);
  let position = statSync(file).size;
  let rest = '';
  const decoder = new StringDecoder('utf8');
  const buffer = Buffer.alloc(64 * 1024);
  const catchUp = () => {
    for (;;) {
      const size = readSync(descriptor, buffer, 0, buffer.length, position);
      if (size === 0) return;
      position += size;
      const lines = (rest + decoder.write(buffer.subarray(0, size))).split('\n');
      rest = (lines.pop() ?? '').slice(0, longestLine);
      for (const line of lines) onLine(line);
    }
  };
  const timer = setInterval(catchUp, interval);
  return {
    path: file,
    descriptor,
    add(line) {
      try {
        writeSync(descriptor, `${line}\n`);
      } catch {
        // It has been shown on the console; there is nowhere else to put it.
      }
    },
    close() {
      clearInterval(timer);
      catchUp();
      closeSync(descriptor);
    },
  };
}
