import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@agento/chain';
import { freePorts } from '@agento/cli/ports';
import { environmentFolder, installEnvironment } from '../src/python-environment.ts';

const requirements = join(import.meta.dirname, 'requirements.txt');
const name = 'phoenix';

/** Installs Phoenix if it is missing; returns why it cannot be installed, null once it is there. */
export const installPhoenix = (): string | null => installEnvironment(name, requirements);

/** A running Phoenix, with a database of its own. */
export interface Phoenix {
  /** Of its page, its API, and of OTLP over HTTP below /v1/traces. */
  url: string;
  /** `host:port` of OTLP over gRPC. */
  grpc: string;
  /** Asks its GraphQL API; rejects with what it complains of. */
  ask<T>(query: string, variables?: object): Promise<T>;
  stop(): Promise<void>;
}

/** Starts it on free ports of loopback, without telemetry of its own, with a folder that goes with it. */
export async function startPhoenix(): Promise<Phoenix> {
  const folder = await mkdtemp(join(tmpdir(), 'agento-phoenix-'));
  const [port, grpcPort] = await freePorts(2, '127.0.0.1');
  const child = spawn(join(environmentFolder(name, requirements), 'bin/phoenix'), ['serve'], {
    env: {
      PATH: process.env.PATH ?? '',
      HOME: folder,
      PHOENIX_WORKING_DIR: folder,
      PHOENIX_HOST: '127.0.0.1',
      PHOENIX_PORT: String(port),
      PHOENIX_GRPC_PORT: String(grpcPort),
      PHOENIX_TELEMETRY_ENABLED: 'false',
      PHOENIX_ALLOW_EXTERNAL_RESOURCES: 'false',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  for (const output of [child.stdout, child.stderr])
    output.on('data', (chunk: Buffer) => {
      log = `${log}${chunk}`.slice(-4_000);
    });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const url = `http://127.0.0.1:${port}`;
  const stop = async () => {
    child.kill('SIGTERM');
    const force = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(force);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await eventually(async () => ((await fetch(`${url}/healthz`)).ok ? true : null), 'Phoenix');
  } catch (error) {
    await stop();
    throw new Error(`Phoenix did not start:\n${log}`, { cause: error });
  }
  return {
    url,
    grpc: `127.0.0.1:${grpcPort}`,
    async ask<T>(query: string, variables: object = {}) {
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ query, variables });
      const answer = await fetch(`${url}/graphql`, { method: 'POST', headers, body });
      const { data, errors } = (await answer.json()) as { data: T; errors?: object[] };
      if (errors) throw new Error(JSON.stringify(errors));
      return data;
    },
    stop,
  };
}
