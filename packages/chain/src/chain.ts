import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileCache } from '@agento/cli/compile-cache';
import { nodeFlags } from '@agento/cli/node-flags';
import { freePorts } from '@agento/cli/ports';
import { chain as order } from '@agento/contracts';
import { loadTrace, type Trace } from '@agento/evidence';
import { startOfflineModel } from '@agento/offline-model';
import { type Receiver, startReceiver } from '@agento/receiver';
import { attribute, type DeliveryStats } from '@agento/tracing';

/** Whether this run of the tests exports spans; the whole suite runs in both modes. */
export const exporting = process.env.OTEL_EXPORTER_OTLP_ENDPOINT !== 'disabled';

/** One module's process. */
export interface ServiceProcess {
  number: number;
  url: string;
  process: ChildProcess;
  /** Its log so far. */
  log(): string;
}

/** Services under test, with their model and their receiver. */
export interface Chain {
  /** Address of a module's service. */
  url(module: number): string;
  service(module: number): ServiceProcess;
  dataDir: string;
  model: { url: string; stats(): Promise<{ requests: number; inFlight: number; aborted: number }> };
  /** Null if export is disabled. */
  receiver: Receiver | null;
  /** The trace as the receiver has it, once `complete` says that nothing is missing. */
  trace(id: string, complete?: (trace: Trace) => boolean): Promise<Trace>;
  /** The fate of a module's spans so far. */
  figures(module: number): Promise<DeliveryStats>;
  restart(module: number): Promise<void>;
  stop(): Promise<void>;
}

const root = new URL('../../..', import.meta.url).pathname;

/** Starts the named modules as processes, chained in order, and waits until each accepts runs. */
export async function startChain(
  options: {
    modules?: number[];
    env?: Record<string, string>;
    latencyMs?: number;
    modelUrl?: string;
    /** The folder with the modules; absent: this checkout's. */
    services?: string;
  } = {},
): Promise<Chain> {
  const modules = options.modules ?? order.map(({ number }) => number);
  const dataDir = await mkdtemp(join(tmpdir(), 'agento-chain-'));
  const offline = await startOfflineModel({ host: '127.0.0.1', port: 0, latencyMs: options.latencyMs ?? 0 });
  const receiver = exporting
    ? await startReceiver({ host: '127.0.0.1', port: 0, directory: join(dataDir, 'traces') })
    : null;
  const free = await freePorts(modules.length, '127.0.0.1');
  const ports = new Map(modules.map((number, place) => [number, free[place]]));
  const url = (number: number) => {
    const port = ports.get(number);
    if (port === undefined) throw new RangeError(`Module ${number} is not part of this test`);
    return `http://127.0.0.1:${port}`;
  };
  const start = (number: number) =>
    startService(
      number,
      {
        ...serviceEnvironment({
          port: ports.get(number) ?? 0,
          nextUrl: ports.has(number + 1) ? url(number + 1) : '',
          dataDir,
          modelUrl: options.modelUrl ?? offline.url,
          receiverUrl: receiver?.url ?? null,
        }),
        ...options.env,
      },
      options.services,
    );
  const services = new Map<number, ServiceProcess>();
  const stop = async () => {
    await Promise.all([...services.values()].map(stopService));
    await receiver?.close();
    await offline.close();
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    await Promise.all(modules.map(async (number) => services.set(number, await start(number))));
  } catch (error) {
    await stop();
    throw error;
  }
  const service = (number: number) => {
    const found = services.get(number);
    if (!found) throw new RangeError(`Module ${number} is not part of this test`);
    return found;
  };
  return {
    url,
    service,
    dataDir,
    receiver,
    model: {
      url: offline.url,
      async stats() {
        const answer = await fetch(new URL('/offline/stats', offline.url));
        return (await answer.json()) as { requests: number; inFlight: number; aborted: number };
      },
    },
    async trace(id, complete = isComplete) {
      return eventually(async () => {
        const trace = await loadTrace(id, { dataDir });
        return complete(trace) ? trace : null;
      }, `the trace ${id}`);
    },
    async figures(number) {
      const ready = (await (await fetch(`${url(number)}/readyz`)).json()) as { export: DeliveryStats };
      return ready.export;
    },
    async restart(number) {
      await stopService(service(number));
      services.set(number, await start(number));
    },
    stop,
  };
}

/**
 * A trace in which the last module has reported, every run has all the spans it counted below it, and no span's parent
 * is missing.
 */
export function isComplete({ spans }: Trace): boolean {
  const roots = spans.filter(({ name }) => name.startsWith('run_module_'));
  const ids = new Set(spans.map(({ span_id }) => span_id));
  return (
    spans.every(({ parent_span_id }) => parent_span_id === '' || ids.has(parent_span_id)) &&
    roots.some(({ attributes }) => attributes[attribute.nextModule] === 0) &&
    roots.every((root) => spansBelow(spans, root.span_id) === root.attributes[attribute.spanCount])
  );
}

function spansBelow(spans: Trace['spans'], id: string): number {
  const children = spans.filter(({ parent_span_id }) => parent_span_id === id);
  return children.reduce((sum, child) => sum + 1 + spansBelow(spans, child.span_id), 0);
}

/** Polls until the check returns a value, for at most a minute. */
export async function eventually<T>(check: () => Promise<T | null>, what: string): Promise<T> {
  const until = Date.now() + 60_000;
  let last: unknown = null;
  while (Date.now() < until) {
    try {
      const found = await check();
      if (found !== null) return found;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`Waited in vain for ${what}`, { cause: last });
}

/** What a service under test is told. `receiverUrl`: null if export is disabled. */
export function serviceEnvironment(of: {
  port: number;
  nextUrl: string;
  dataDir: string;
  modelUrl: string;
  receiverUrl: string | null;
}): Record<string, string> {
  return {
    PORT: String(of.port),
    AGENTO_NEXT_URL: of.nextUrl,
    AGENTO_DATA_DIR: of.dataDir,
    OPENAI_BASE_URL: of.modelUrl,
    OPENAI_API_KEY: 'sk-offline-key-of-the-tests',
    AGENTO_MODEL: 'agento-offline-1',
    OTEL_EXPORTER_OTLP_ENDPOINT: of.receiverUrl ?? 'disabled',
  };
}

/** Starts a module's process, and waits for nothing. */
export function spawnService(
  number: number,
  env: Record<string, string>,
  services = join(root, 'services'),
): ServiceProcess {
  const child = spawn(process.execPath, [...nodeFlags, join(services, `module${number}/src/server.ts`)], {
    cwd: root,
    env: { PATH: process.env.PATH ?? '', NODE_COMPILE_CACHE: compileCache, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  const keep = (chunk: Buffer) => {
    log += chunk.toString();
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  return { number, url: `http://127.0.0.1:${env.PORT}`, process: child, log: () => log };
}

async function startService(
  number: number,
  env: Record<string, string>,
  services?: string,
): Promise<ServiceProcess> {
  const service = spawnService(number, env, services);
  const { process: child, url, log } = service;
  await eventually(async () => {
    if (child.exitCode !== null) throw new Error(`module ${number} ended with ${child.exitCode}:\n${log()}`);
    const answer = await fetch(`${url}/readyz`);
    const { module } = (await answer.json()) as { module: number };
    if (module !== number) throw new Error(`module ${module} answers at the address of module ${number}`);
    return answer.ok ? answer : null;
  }, `module ${number}`).catch((error: unknown) => {
    child.kill('SIGKILL');
    throw new Error(`Module ${number} did not start:\n${log()}`, { cause: error });
  });
  return service;
}

/** Stops a service as an operator would; kills it if it does not stop. */
export async function stopService({ process: child }: ServiceProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), 12_000);
  await ended;
  clearTimeout(force);
}
