import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '@agento/cli/ports';
import { chain as order } from '@agento/contracts';
import { type LedgerEntry, startOfflineModel } from '@agento/offline-model';
import { startReceiver } from '@agento/receiver';
import { createFolderStore, type RunStore } from '@agento/runs';
import { createPostgresStore } from '@agento/runs/postgres';
import { type PostgresServer, startPostgres } from '@agento/runs/testing/postgres';
import { eventually, exporting, serviceEnvironment } from '../chain.ts';
import { startForwarder } from './forwarder.ts';
import { KeptService } from './kept-service.ts';

export type StoreKind = 'folder' | 'postgres';

/** All modules, each as often as its store allows, with what they need. */
export interface System {
  /** Address of module 1, whichever replica answers. */
  url: string;
  services: KeptService[];
  /** What the services keep, for the tester to read. */
  store: RunStore;
  /** What the model was asked. */
  ledger(): Promise<LedgerEntry[]>;
  /** How many requests these are. */
  asked(): Promise<number>;
  dataDir: string;
  /** Null with folders. */
  postgres: PostgresServer | null;
  stop(): Promise<void>;
}

const host = '127.0.0.1';
/** How many replicas of a module share a Postgres. */
const replicas = 2;

/**
 * @param latencyMs how long the model takes to answer
 * @param keepsData whether the data folder stays when the system stops
 */
export async function startSystem(kind: StoreKind, latencyMs: number, keepsData = false): Promise<System> {
  const ends: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    const dataDir = await mkdtemp(join(tmpdir(), 'agento-kills-'));
    if (!keepsData) ends.push(() => rm(dataDir, { recursive: true, force: true }));
    const model = await startOfflineModel({ host, port: 0, latencyMs, keepsLedger: true });
    ends.push(() => model.close());
    const page = async <T>(name: string) =>
      (await (await fetch(new URL(`/offline/${name}`, model.url))).json()) as T;
    const directory = join(dataDir, 'traces');
    const receiver = exporting ? await startReceiver({ host, port: 0, directory }) : null;
    ends.push(async () => receiver?.close());
    const postgres = kind === 'postgres' ? await startPostgres() : null;
    ends.push(async () => postgres?.end());
    const store = postgres
      ? await createPostgresStore({ url: postgres.url, onError: () => {} })
      : createFolderStore({ dataDir });
    ends.push(() => store.close());

    const ports = await freePorts(order.length * (postgres ? replicas : 1), host);
    const places: { number: number; ports: number[]; url: string }[] = [];
    for (const { number } of order) {
      const own = ports.splice(0, postgres ? replicas : 1);
      const entry = own.length > 1 ? await startForwarder(own) : null;
      ends.push(async () => entry?.close());
      places.push({ number, ports: own, url: entry?.url ?? `http://${host}:${own[0]}` });
    }
    const services: KeptService[] = [];
    ends.push(() => Promise.all(services.map((service) => service.stop())));
    for (const [place, { number, ports: own }] of places.entries()) {
      for (const port of own) {
        const env = serviceEnvironment({
          port,
          nextUrl: places[place + 1]?.url ?? '',
          dataDir,
          modelUrl: model.url,
          receiverUrl: receiver?.url ?? null,
        });
        if (postgres) env.AGENTO_DATABASE_URL = postgres.url;
        services.push(new KeptService(number, env));
      }
    }
    await Promise.all(
      places.flatMap(({ number, ports: own }) => own.map((port) => untilReady(port, number))),
    );
    return {
      url: places[0]?.url ?? '',
      services,
      store,
      ledger: () => page<LedgerEntry[]>('ledger'),
      asked: async () => (await page<{ requests: number }>('stats')).requests,
      dataDir,
      postgres,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function untilReady(port: number, number: number): Promise<void> {
  await eventually(async () => {
    const { ok } = await fetch(`http://${host}:${port}/readyz`);
    return ok || null;
  }, `module ${number}`);
}
