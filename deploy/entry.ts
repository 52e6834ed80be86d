// One address for all replicas of module 1 (the service `entry` in docker-compose.yml): each connection goes to the
// next replica that answers. It passes bytes on and reads none, so streams, cancellation and keys work as without it.

import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';

const PORT = 3001;
const BEHIND = { name: 'module1', port: 3001 };
const CONNECT_MS = 2000;

let turn = 0;

async function connected(address: string): Promise<Socket | null> {
  const socket = connect({ host: address, port: BEHIND.port });
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(CONNECT_MS) });
    return socket;
  } catch {
    socket.destroy();
    return null;
  }
}

/** The replicas in order, beginning with the next one in turn; asked for each time, since they come and go. */
async function replicas(): Promise<string[]> {
  const found = await lookup(BEHIND.name, { all: true, family: 4 }).catch(() => []);
  const addresses = found.map(({ address }) => address).sort();
  turn += 1;
  const first = turn % (addresses.length || 1);
  return [...addresses.slice(first), ...addresses.slice(0, first)];
}

async function serve(caller: Socket): Promise<void> {
  for (const address of await replicas()) {
    const replica = await connected(address);
    if (replica === null) continue;
    // Either side's end or loss is the other's too; who lost it notices by itself.
    await Promise.allSettled([pipeline(caller, replica), pipeline(replica, caller)]);
    return;
  }
  caller.destroy();
}

const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (caller) => {
  caller.on('error', () => {});
  void serve(caller);
});
server.listen(PORT);
process.once('SIGTERM', () => process.exit(0));
