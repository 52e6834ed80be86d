import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** One address for several replicas. */
export interface Forwarder {
  url: string;
  close(): Promise<void>;
}

/** Gives each new connection to the next of the ports on this machine, and skips those that refuse it. */
export async function startForwarder(ports: readonly number[]): Promise<Forwarder> {
  const open = new Set<Socket>();
  let turn = 0;
  const server = createServer((client) => {
    client.on('error', () => client.destroy());
    keep(client);
    turn += 1;
    reach(client, [...ports.slice(turn % ports.length), ...ports.slice(0, turn % ports.length)]);
  });

  function keep(socket: Socket): void {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  }

  function reach(client: Socket, [port, ...others]: readonly number[]): void {
    if (port === undefined || client.destroyed) return void client.destroy();
    const replica = connect(port, '127.0.0.1');
    keep(replica);
    const refused = () => reach(client, others);
    replica.once('error', refused);
    replica.once('connect', () => {
      replica.off('error', refused);
      replica.on('error', () => client.destroy());
      client.once('close', () => replica.destroy());
      replica.once('close', () => client.destroy());
      client.pipe(replica).pipe(client);
    });
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    async close() {
      server.close();
      for (const socket of open) socket.destroy();
      if (server.listening) await once(server, 'close');
    },
  };
}
