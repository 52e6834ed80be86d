import { get } from 'node:http';
import { offlineProvider } from '@agento/contracts';
import { oneLine } from '../terminal.ts';
import { listedModels } from './model-list.ts';

/** Where model servers listen if they are not told otherwise, in the order in which they are preferred. */
export const usualPorts: readonly { port: number; of: string }[] = [
  { port: 11434, of: 'Ollama' },
  { port: 1234, of: 'LM Studio' },
  { port: 8080, of: 'llama.cpp' },
  { port: 8000, of: 'vLLM' },
];

/** What servers write as the owner of their models; Ollama, of those from its library. */
const owners: Record<string, string> = {
  library: 'Ollama',
  organization_owner: 'LM Studio',
  llamacpp: 'llama.cpp',
  vllm: 'vLLM',
};

/** Most bytes that are read of an answer. */
const most = 1024 * 1024;
/** Most characters of a model's name. */
const longestName = 200;

/** A model server on this machine. */
export interface ModelServer {
  /** `Ollama`; `a model server` where its models do not say. */
  name: string;
  /** With its /v1. */
  url: string;
  /** Names of its models that write, and run here; in its order. */
  models: string[];
}

/**
 * The model servers that answer on loopback at these ports within the limit, in milliseconds. Whatever else listens there,
 * Agento's own offline model too, is left out. Never rejects.
 */
export async function findModelServers(
  limit: number,
  ports = usualPorts.map(({ port }) => port),
): Promise<ModelServer[]> {
  const signal = AbortSignal.timeout(limit);
  const found = await Promise.all(ports.map((port) => serverAt(`http://127.0.0.1:${port}/v1`, signal)));
  return found.filter((server) => server !== null);
}

async function serverAt(url: string, signal: AbortSignal): Promise<ModelServer | null> {
  const body = await bodyAt(`${url}/models`, signal);
  const models = body === null ? null : listedModels(body);
  if (models === null || models.some(({ owner }) => owner === offlineProvider)) return null;
  const [name = 'a model server'] = models.flatMap(({ owner }) => owners[owner ?? ''] ?? []);
  return { name, url, models: models.map(({ id }) => id).filter(isOffered) };
}

/** Models for embeddings are listed among the others, as are Ollama's that run in its cloud. */
function isOffered(id: string): boolean {
  const isShownAsItIs = id !== '' && id.length <= longestName && id === oneLine(id);
  return isShownAsItIs && !/embed|[-:]cloud$/i.test(id);
}

/** The body of a response of 200; null for any other, one too long, and none in time. */
function bodyAt(url: string, signal: AbortSignal): Promise<string | null> {
  return new Promise((resolve) => {
    // An agent of its own: the usual one would go by a proxy where the environment has one.
    const request = get(url, { agent: false, signal }, (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      if (response.statusCode !== 200) request.destroy();
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        size += chunk.length;
        if (size > most) request.destroy();
      });
      response.once('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
      response.once('close', () => resolve(null));
    });
    request.on('error', () => resolve(null));
    request.once('close', () => resolve(null));
  });
}
