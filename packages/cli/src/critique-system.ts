import path from 'node:path';
import { createModelClient, type ModelClient, readModelSettings } from '@agento/agent';
import { offlineProvider, version } from '@agento/contracts';
import { offlineModelName, startOfflineModel } from '@agento/offline-model';
import { startReceiver } from '@agento/receiver';
import { initializeTracing } from '@agento/tracing';
import { dataFolderProblem, dataFolderRemedy } from './data-folder.ts';
import { dataDirectory, isSet } from './environment.ts';
import { CommandError, exitCodes } from './exit-codes.ts';
import { spanTargetOf } from './system/span-target.ts';

/** What a model is asked with, outside the chain: a client, and tracing that keeps what it is asked. */
export interface AskingSystem {
  models: ModelClient;
  /** No language model answers, and nothing is paid. */
  isOffline: boolean;
  /** Sends the last spans and stops what was started. */
  close(): Promise<void>;
}

/**
 * Starts what asking a model takes: the offline model where none is named, and a receiver that keeps the trace in the data
 * folder where no collector takes it.
 */
export async function startAsking(env: NodeJS.ProcessEnv): Promise<AskingSystem> {
  const closing: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const end of closing.splice(0).reverse()) await end();
  };
  try {
    const isOffline = !isSet(env, 'OPENAI_API_KEY') && !isSet(env, 'OPENAI_BASE_URL');
    const asked = { ...env };
    if (isOffline) {
      const offline = await startOfflineModel({ host: '127.0.0.1', port: 0, latencyMs: 0 });
      closing.push(offline.close);
      Object.assign(asked, {
        OPENAI_BASE_URL: offline.url,
        AGENTO_MODEL: offlineModelName,
        AGENTO_PROVIDER: offlineProvider,
      });
    }
    let otlpEndpoint: string | null = null;
    if (spanTargetOf(env, '').embedded) {
      const directory = path.join(dataDirectory(env), 'traces');
      const problem = await dataFolderProblem(directory);
      if (problem !== null)
        throw new CommandError(exitCodes.usage, problem, `The folder: ${dataFolderRemedy}.`);
      const receiver = await startReceiver({ host: '127.0.0.1', port: 0, directory });
      closing.push(receiver.close);
      otlpEndpoint = receiver.url;
    }
    const tracing = initializeTracing(
      { serviceName: 'Agento-Critic', serviceVersion: version, otlpEndpoint },
      env,
    );
    closing.push(() => tracing.shutdown());
    const models = createModelClient(readModelSettings(asked));
    closing.push(models.close);
    return { models, isOffline, close };
  } catch (error) {
    await close();
    throw error;
  }
}
