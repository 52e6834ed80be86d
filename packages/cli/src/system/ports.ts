import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import { chain } from '@agento/contracts';
import { listenProblem } from '@agento/edge';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { goalCommand } from '../invocation.ts';
import type { SystemPlan } from './plan.ts';

export interface Ports {
  /** By place in the chain. */
  modules: number[];
  model: number;
  receiver: number;
}

/**
 * The ports of a system. Without a base, the defaults; with one, consecutive ports from it: modules, offline model,
 * receiver. 0 means any free port.
 */
export async function choosePorts(host: string, base: number | undefined, model: number): Promise<Ports> {
  const wanted =
    base === undefined
      ? [...chain.map(({ port }) => port), model, 4318]
      : Array.from({ length: chain.length + 2 }, (_, place) => (base === 0 ? 0 : base + place));
  const free = await freePorts(wanted.filter((port) => port === 0).length, host);
  const ports = wanted.map((port) => port || (free.shift() ?? 0));
  return {
    modules: ports.slice(0, chain.length),
    model: ports[chain.length] ?? 0,
    receiver: ports[chain.length + 1] ?? 0,
  };
}

/**
 * The range searched for free ports: below the ephemeral ports of Linux, macOS and Windows, which another connection
 * could take before the process listens.
 */
const range = { from: 20_000, to: 32_767 };

/** That many distinct free ports. All are held until the last is found. */
export async function freePorts(count: number, host: string): Promise<number[]> {
  const held: Server[] = [];
  const ports: number[] = [];
  const size = range.to - range.from + 1;
  // Each search begins at a random port, so that two systems starting together do not compete for the same ones.
  const first = randomInt(size);
  try {
    for (let tried = 0; ports.length < count; tried += 1) {
      if (tried === size) {
        const message = `There are no ${count} free ports from ${range.from} to ${range.to} on ${host}.`;
        throw new CommandError(exitCodes.failed, message, 'Choose some with --port-base.');
      }
      const port = range.from + ((first + tried) % size);
      const server = await listen(host, port).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'EADDRINUSE') return null;
        const why = listenProblem(error) ?? error.message;
        throw new CommandError(exitCodes.usage, `A port on ${host} ${why}.`, 'Set AGENTO_HOST to another.');
      });
      if (!server) continue;
      held.push(server);
      ports.push(port);
    }
    return ports;
  } finally {
    await Promise.all(held.map(close));
  }
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

/** Throws a CommandError that names each port another program holds, and who wanted it. */
export async function requireFree(
  { host, dataDir, modules }: Pick<SystemPlan, 'host' | 'dataDir' | 'modules'>,
  wanted: { title: string; port: number }[],
): Promise<void> {
  const taken: string[] = [];
  let inUse = false;
  for (const { title, port } of wanted) {
    const problem = await portProblem(host, port);
    inUse ||= problem === 'is in use';
    if (problem !== null) taken.push(`port ${port} for ${title} ${problem}`);
  }
  if (taken.length === 0) return;
  const message = `Cannot start everything on ${host}:${taken.length > 1 ? '\n    ' : ' '}${taken.join('\n    ')}`;
  const elsewhere = 'Choose other ports with --port-base, or another address with AGENTO_HOST.';
  if (!inUse) throw new CommandError(exitCodes.failed, message, elsewhere);
  throw new CommandError(
    exitCodes.failed,
    message,
    `If a system is already up, send it the goal with \`${goalCommand(dataDir, modules[0]?.url ?? '', '…')}\`; otherwise stop what uses the port, ` +
      'or choose other ports with --port-base. To use your own collector, set OTEL_EXPORTER_OTLP_ENDPOINT.',
  );
}

/** `is in use`: why nothing can listen on the port; null where something can. */
export async function portProblem(host: string, port: number): Promise<string | null> {
  try {
    await close(await listen(host, port));
    return null;
  } catch (error) {
    return listenProblem(error) ?? `is unavailable: ${(error as Error).message}`;
  }
}

function listen(host: string, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => resolve(server));
  });
}
