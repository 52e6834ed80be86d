import { parentPort, workerData } from 'node:worker_threads';
import { type FilePart, rowsOf } from './rows-of.ts';
import type { TraceFile } from './sources.ts';

/** The thread of a reader: a file asks for its first part, null for the next one. */
let parts: AsyncGenerator<FilePart> | undefined;
parentPort?.on('message', async (file: TraceFile | null) => {
  if (file) parts = rowsOf(file, workerData as string);
  const part = await parts?.next();
  parentPort?.postMessage(part?.value);
});
