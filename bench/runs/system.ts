import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@agento/chain';
import { nodeFlags } from '@agento/cli/node-flags';
import { freePorts } from '@agento/cli/ports';
import { chain as order } from '@agento/contracts';
import { startForwarder } from '../../packages/chain/src/kills/forwarder.ts';

const host = '127.0.0.1';

/** The five modules, each as often as asked for, with one address each. */
export interface System {
  /** Address of module 1, whichever replica answers. */
  url: string;
  pids: number[];
  stop(): Promise<void>;
}

export interface SystemOptions {
  /** The checkout whose services are started; this one unless another is given. */
  checkout?: string;
  replicas?: number;
  env: Record<string, string>;
  /** What is set in front of the service's own file: `--cpu-prof` and the like. */
  flags?: string[];
}

const here = new URL('../..', import.meta.url).pathname;

export async function startSystem({
  checkout = here,
  replicas = 1,
  env,
  flags = [],
}: SystemOptions): Promise<System> {
  const dataDir = await mkdtemp(join(tmpdir(), 'agento-bench-'));
  const ports = await freePorts(order.length * replicas, host);
  const places = await Promise.all(
    order.map(async ({ number }) => {
      const own = ports.splice(0, replicas);
      const forwarder = replicas > 1 ? await startForwarder(own) : null;
      return { number, own, forwarder, url: forwarder?.url ?? `http://${host}:${own[0]}` };
    }),
  );
  const children = places.flatMap(({ number, own }, place) =>
    own.map((port) =>
      start(checkout, number, flags, {
        PORT: String(port),
        AGENTO_NEXT_URL: places[place + 1]?.url ?? '',
        AGENTO_DATA_DIR: dataDir,
        OPENAI_API_KEY: 'sk-offline-key-of-the-bench',
        AGENTO_MODEL: 'agento-offline-1',
        LOG_LEVEL: 'warn',
        ...env,
      }),
    ),
  );
  const stop = async () => {
    await Promise.all(children.map(end));
    await Promise.all(places.map(({ forwarder }) => forwarder?.close()));
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    await Promise.all(
      places.flatMap(({ number, own }) => own.map((port) => untilReady(number, `http://${host}:${port}`))),
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: places[0]?.url ?? '', pids: children.map(({ pid }) => pid ?? 0), stop };
}

function start(checkout: string, number: number, flags: string[], env: Record<string, string>): ChildProcess {
  return spawn(process.execPath, [...nodeFlags, ...flags, `services/module${number}/src/server.ts`], {
    cwd: checkout,
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

function untilReady(number: number, url: string): Promise<unknown> {
  return eventually(async () => ((await fetch(`${url}/readyz`)).ok ? true : null), `module ${number}`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), 20_000);
  await ended;
  clearTimeout(force);
}
