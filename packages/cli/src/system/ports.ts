import { type AddressInfo, createServer } from 'node:net';
import { chain } from '@agento/contracts';
import { CommandError, exitCodes } from '../exit-codes.ts';

export interface Ports {
  /** By place in the chain. */
  modules: number[];
  model: number;
  receiver: number;
}

/**
 * The ports of a system. Without a base: each its own. With one: the modules on it and the next, the offline
 * model and the receiver on the two after those. 0 stands for any free port.
 */
export async function choosePorts(host: string, base: number | undefined, model: number): Promise<Ports> {
  const wanted =
    base === undefined
      ? [...chain.map(({ port }) => port), model, 4318]
      : Array.from({ length: chain.length + 2 }, (_, place) => (base === 0 ? 0 : base + place));
  const ports = await withFreePorts(host, wanted);
  return {
    modules: ports.slice(0, chain.length),
    model: ports[chain.length] ?? 0,
    receiver: ports[chain.length + 1] ?? 0,
  };
}

/** Each 0 replaced by a free port. All are held until the last is found, so that no two are the same. */
async function withFreePorts(host: string, wanted: number[]): Promise<number[]> {
  const held: { close(): void }[] = [];
  try {
    const ports: number[] = [];
    for (const port of wanted) {
      if (port !== 0) {
        ports.push(port);
        continue;
      }
      const server = await listen(host, 0);
      held.push(server);
      ports.push((server.address() as AddressInfo).port);
    }
    return ports;
  } finally {
    for (const server of held) server.close();
  }
}

/** Throws a CommandError that names each port another program holds, and who wanted it. */
export async function requireFree(host: string, wanted: { title: string; port: number }[]): Promise<void> {
  const taken: string[] = [];
  for (const { title, port } of wanted) {
    try {
      const server = await listen(host, port);
      await new Promise((resolve) => server.close(resolve));
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      taken.push(
        `port ${port} for ${title} ${code === 'EADDRINUSE' ? 'is in use' : `cannot be had: ${message}`}`,
      );
    }
  }
  if (taken.length === 0) return;
  throw new CommandError(
    exitCodes.failed,
    `Not everything can be started on ${host}: ${taken.join('; ')}.`,
    'If a system is up already, send it the goal with `pnpm agento goal "…"`; else stop what holds the port, ' +
      'or choose others with --port-base. A collector of your own is used when OTEL_EXPORTER_OTLP_ENDPOINT names it.',
  );
}

function listen(host: string, port: number) {
  return new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => resolve(server));
  });
}
