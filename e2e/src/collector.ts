import { spawn } from 'node:child_process';
import { globSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@agento/chain';
import { freePorts } from '@agento/cli/ports';
import { parse, stringify } from 'yaml';

const root = join(import.meta.dirname, '../..');

/** The program that deploy/images/collector.sh built last; null where it has not. */
export function collectorBinary(): string | null {
  const cache = process.env.AGENTO_CACHE_DIR || join(homedir(), '.cache/agento');
  const built = globSync('collector-*/otelcol', { cwd: cache }).map((file) => join(cache, file));
  const written = (file: string) => statSync(file).mtimeMs;
  return built.toSorted((one, other) => written(other) - written(one))[0] ?? null;
}

/** The processors and exporters of a configuration in this repository, and what its pipelines are made of. */
export interface CollectorFile {
  processors: Record<string, object>;
  exporters: Record<string, { sending_queue?: object }>;
  service: { pipelines: Record<string, { processors?: string[] }> };
}

/** @param name from the root, such as otelcol.yaml */
export function collectorFile(name: string): CollectorFile {
  return parse(readFileSync(join(root, name), 'utf8'));
}

/** A collector that takes OTLP over HTTP and does what the rest of the configuration says, without metrics of its own. */
export async function startCollector(
  binary: string,
  {
    processors,
    exporters,
    pipelines,
  }: { processors: object; exporters: object; pipelines: Record<string, object> },
  env: Record<string, string> = {},
): Promise<{ url: string; stop(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'agento-collector-'));
  const [port] = await freePorts(1, '127.0.0.1');
  const file = join(folder, 'config.yaml');
  const configuration = {
    receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${port}` } } } },
    processors,
    exporters,
    service: { pipelines, telemetry: { metrics: { level: 'none' } } },
  };
  await writeFile(file, stringify(configuration));
  const child = spawn(binary, [`--config=${file}`], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => {
    log = `${log}${chunk}`.slice(-4_000);
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const url = `http://127.0.0.1:${port}`;
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await eventually(async () => ((await fetch(url)).status > 0 ? true : null), 'the collector');
  } catch (error) {
    await stop();
    throw new Error(`The collector did not start:\n${log}`, { cause: error });
  }
  return { url, stop };
}
