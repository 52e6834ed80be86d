import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '@agento/cli/ports';
import { chain, type Module5Output } from '@agento/contracts';
import { loadTrace, parseOtlpJson, type Trace } from '@agento/evidence';
import { bringUp, compose, type Project } from './project.ts';

const logs = new URL('../logs', import.meta.url).pathname;

/** Everything of docker-compose.yml, running. */
export interface System {
  /** Address of a module's service on this machine; of a system with replicas, module 1 alone has one. */
  module(number: number): string;
  jaeger: string;
  prometheus: string;
  /** The collector's OTLP over HTTP: for spans that did not go through our own exporter. */
  otlp: string;
  /** OTLP over HTTP of the gateway, once it was started. */
  gateway: string;
  /** `docker compose …` on this system, e.g. `compose('stop', 'jaeger')`; gives what it printed. */
  compose(...command: string[]): Promise<string>;
  /** A container's name, for commands that know nothing of compose; of a replica, by its number from 1. */
  container(service: string, replica?: number): string;
  /** The trace as Jaeger has it; without spans while Jaeger does not know it. */
  traceInJaeger(id: string): Promise<Trace>;
  /** The trace as the collector's file has it. */
  traceInFile(id: string): Promise<Trace>;
  /** The collector's file. */
  collectorsFile(): Promise<string>;
  /** Takes everything down with its volumes; the logs of all containers stay in e2e/logs. */
  stop(): Promise<void>;
}

/**
 * Builds what is missing and starts the same docker-compose.yml users run, on free ports; resolves when
 * every container is healthy. Images that cannot be pulled are overridden by the process's environment
 * (deploy/images/local.env). A start that fails is told of and tried once more, as another project.
 *
 * @param replicas containers of a service, e.g. `{ module3: 2 }`: the system starts as deploy/scale.env says then
 */
export async function startSystem(
  name: string,
  environment: Record<string, string> = {},
  replicas: Record<string, number> = {},
): Promise<System> {
  // Images first, so that the limits apply to starting, not to building.
  await compose(await projectOf(name, environment, replicas), 300, 'build', '--quiet');
  try {
    return await start(await projectOf(name, environment, replicas));
  } catch (error) {
    console.error(`e2e: the first start of “${name}” FAILED, it is tried once more: ${String(error)}`);
  }
  const system = await start(await projectOf(`${name}-again`, environment, replicas));
  console.error(`e2e: “${name}” is up, at its SECOND start`);
  return system;
}

async function projectOf(
  name: string,
  environment: Record<string, string>,
  replicas: Record<string, number>,
): Promise<Project> {
  const scaled = Object.keys(replicas).length > 0;
  const published = [
    ...(scaled ? ['ENTRY'] : chain.map(({ number }) => `MODULE${number}`)),
    'JAEGER',
    'PROMETHEUS',
    'OTLP_HTTP',
    'OTLP_GRPC',
    'GATEWAY',
  ];
  const free = await freePorts(published.length, '127.0.0.1');
  const ports = Object.fromEntries(
    published.map((port, place) => [`AGENTO_PORT_${port}`, String(free[place])]),
  );
  return {
    name: `agento-e2e-${name}-${process.pid}`,
    files: ['docker-compose.yml', 'deploy/collector/gateway.compose.yml'],
    envFiles: scaled ? ['deploy/scale.env'] : [],
    replicas,
    // The developer's own key must not make the tests call a paid model.
    env: { OPENAI_API_KEY: '', OPENAI_BASE_URL: '', ...ports, ...environment },
    logFile: join(logs, `${name}.log`),
  };
}

async function start(project: Project): Promise<System> {
  const scaled = 'AGENTO_PORT_ENTRY' in project.env;
  // `ready` needs everything but the gateway, and the entry to replicas.
  const stop = await bringUp(project, 'ready', ...(scaled ? ['entry'] : []));
  const address = (port: string) => `http://127.0.0.1:${project.env[port]}`;
  const run = (...command: string[]) => compose(project, 120, ...command);
  const collectorsFile = async () => {
    const directory = await mkdtemp(join(tmpdir(), 'agento-e2e-'));
    try {
      const file = join(directory, 'traces.jsonl');
      await run('cp', 'collector:/var/lib/otelcol/traces/traces.jsonl', file);
      return await readFile(file, 'utf8');
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  };

  return {
    module: (number) => address(scaled && number === 1 ? 'AGENTO_PORT_ENTRY' : `AGENTO_PORT_MODULE${number}`),
    jaeger: address('AGENTO_PORT_JAEGER'),
    prometheus: address('AGENTO_PORT_PROMETHEUS'),
    otlp: address('AGENTO_PORT_OTLP_HTTP'),
    gateway: address('AGENTO_PORT_GATEWAY'),
    compose: run,
    container: (service, replica = 1) => `${project.name}-${service}-${replica}`,
    traceInJaeger: (id) =>
      loadTrace(id, { dataDir: '', jaeger: { url: address('AGENTO_PORT_JAEGER') } }).catch(() => ({
        trace_id: id,
        spans: [],
        encoding_problems: [],
      })),
    traceInFile: async (id) => parseOtlpJson(await collectorsFile(), id),
    collectorsFile,
    stop,
  };
}

/** POSTs a goal to module 1 and gives the last module's output; throws with the problem when the run failed. */
export async function runGoal(system: System, input: Record<string, unknown>): Promise<Module5Output> {
  const answer = await fetch(`${system.module(1)}/run`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(input),
  });
  const body = await answer.json();
  if (!answer.ok) throw new Error(`${answer.status} from module 1: ${JSON.stringify(body)}`);
  return body as Module5Output;
}

/** Polls until the check returns something other than null; throws the last error after the limit. */
export async function eventually<T>(what: string, check: () => Promise<T | null>, seconds = 90): Promise<T> {
  const until = Date.now() + seconds * 1000;
  let last: unknown = null;
  do {
    try {
      const found = await check();
      if (found !== null) return found;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  } while (Date.now() < until);
  throw new Error(`Waited ${seconds} s in vain for ${what}`, { cause: last });
}
