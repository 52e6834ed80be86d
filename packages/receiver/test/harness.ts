import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { type Receiver, startReceiver } from '../src/index.ts';

/** Of a file that imports this: each test has a receiver of its own, and the folder it writes in. */
export let directory: string;
export let receiver: Receiver;

beforeEach(async () => {
  directory = path.join(await mkdtemp(path.join(tmpdir(), 'receiver-')), 'traces');
  receiver = await startReceiver({ host: '127.0.0.1', port: 0, directory });
});
afterEach(async () => {
  await receiver.close();
  await rm(path.dirname(directory), { recursive: true });
});

export const traceId = '5b8efff798038103d269b633813fc60c';
export const json = { 'content-type': 'application/json' };
export const protobuf = { 'content-type': 'application/x-protobuf' };
