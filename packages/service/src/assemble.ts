import type { RunStore } from '@agento/runs';
import type { FastifyInstance } from 'fastify';
import { createApp } from './app.ts';
import { createExecutions, type Executions } from './runs/executions.ts';
import { createHopDispatcher } from './runs/hop.ts';
import type { Service } from './service.ts';

/** A service that neither listens nor takes over runs yet. */
export interface Assembled {
  service: Service;
  executions: Executions;
  app: FastifyInstance;
}

/** Puts a service together from what its process or its test has made; the caller listens, and closes it. */
export async function assemble(
  parts: Omit<Service, 'dispatcher' | 'stopping' | 'fileError'>,
): Promise<Assembled> {
  const service: Service = {
    ...parts,
    dispatcher: createHopDispatcher(),
    stopping: false,
    fileError: null,
  };
  const executions = createExecutions(service);
  const app = await createApp(service, executions);
  app.addHook('onClose', () => service.dispatcher.destroy());
  return { service, executions, app };
}

/** Where the runs are kept: in Postgres if there is an address, otherwise in the data folder. */
export async function openStore(of: {
  dataDir: string;
  databaseUrl: string | null;
  onError(error: unknown): void;
}): Promise<RunStore> {
  if (of.databaseUrl !== null) {
    const { createPostgresStore } = await import('@agento/runs/postgres');
    return createPostgresStore({ url: of.databaseUrl, onError: of.onError });
  }
  const { createFolderStore } = await import('@agento/runs');
  return createFolderStore({ dataDir: of.dataDir });
}
