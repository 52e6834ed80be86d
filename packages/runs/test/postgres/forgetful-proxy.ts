import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** Stands between a store and Postgres, and can lose an answer. */
export interface ForgetfulProxy {
  url: string;
  /** The next statement that contains the text takes effect, but its answer never comes: the connection ends. */
  loseAnswerTo(text: string): void;
  /** How many answers were lost so far. */
  lost(): number;
  end(): void;
}

export async function startForgetfulProxy(url: string): Promise<ForgetfulProxy> {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  let marked: string | null = null;
  let lost = 0;
  const server = createServer((client) => {
    const postgres = connect(Number(port), hostname);
    let forgets = false;
    const end = () => {
      client.destroy();
      postgres.destroy();
    };
    client.on('data', (chunk) => {
      if (marked !== null && chunk.includes(marked)) {
        marked = null;
        forgets = true;
      }
      postgres.write(chunk);
    });
    postgres.on('data', (chunk) => {
      if (!forgets) client.write(chunk);
      else {
        lost += 1;
        end();
      }
    });
    for (const socket of [client, postgres]) {
      sockets.add(socket);
      socket.on('error', end);
      socket.on('close', end);
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const own = new URL(url);
  own.port = String(typeof address === 'object' && address ? address.port : 0);
  return {
    url: own.href,
    loseAnswerTo: (text) => {
      marked = text;
    },
    lost: () => lost,
    end: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
