import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A Postgres for tests, on a free port of this machine. */
export interface PostgresServer {
  url: string;
  /** Stops it, as an administrator would at once; what was committed stays. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Ends it for good and deletes its data. */
  end(): Promise<void>;
}

/** @param syncs whether what was committed survives the machine, which tests need not wait for */
export async function startPostgres({ syncs = false } = {}): Promise<PostgresServer> {
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 'agento-postgres-'));
  const script = join(import.meta.dirname, 'server-process.ts');
  const child = spawn(process.execPath, [script, folder, String(port), syncs ? 'on' : 'off'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const tell = async (line: string) => {
    child.stdin.write(`${line}\n`);
    const { done } = await lines.next();
    if (done) throw new Error('The Postgres of the tests ended: see its output above');
  };
  await tell('start');
  return {
    url: `postgres://tester:not-a-secret@127.0.0.1:${port}/postgres`,
    stop: () => tell('stop'),
    start: () => tell('start'),
    end: async () => {
      child.stdin.end();
      await ended;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}
