import { spawn } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@agento/chain';
import { freePorts } from '@agento/cli/ports';
import { parse, stringify } from 'yaml';

const root = join(import.meta.dirname, '../..');

/** The program that deploy/images/collector.sh has built; null where it has not. */
export function collectorBinary(): string | null {
  const cache = process.env.AGENTO_CACHE_DIR || join(homedir(), '.cache/agento');
  return (
    globSync('collector-*/otelcol', { cwd: cache })
      .map((file) => join(cache, file))
      .at(-1) ?? null
  );
}

/** A collector that does what otelcol.yaml and deploy/collector/phoenix.yaml say, on the way to this Phoenix. */
export async function startCollector(
  binary: string,
  grpc: string,
): Promise<{ url: string; stop(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'agento-collector-'));
  const [port] = await freePorts(1, '127.0.0.1');
  const file = join(folder, 'config.yaml');
  await writeFile(file, stringify(configuration(`127.0.0.1:${port}`)));
  const child = spawn(binary, [`--config=${file}`], {
    env: { AGENTO_PHOENIX_OTLP_ENDPOINT: grpc },
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

/** The two files' checks, redaction and transform, and their exporter, without what belongs to the composed system. */
function configuration(endpoint: string): object {
  const read = (name: string) => parse(readFileSync(join(root, name), 'utf8'));
  const [base, phoenix] = [read('otelcol.yaml'), read('deploy/collector/phoenix.yaml')];
  const exporter = phoenix.exporters['otlp_grpc/phoenix'];
  const checks = base.service.pipelines.traces.processors;
  const transform = phoenix.service.pipelines['traces/phoenix'].processors;
  return {
    receivers: { otlp: { protocols: { http: { endpoint } } } },
    processors: { ...base.processors, ...phoenix.processors },
    exporters: {
      'otlp_grpc/phoenix': {
        ...exporter,
        sending_queue: { ...exporter.sending_queue, storage: undefined },
      },
    },
    service: {
      pipelines: {
        traces: {
          receivers: ['otlp'],
          processors: [...checks, ...transform],
          exporters: ['otlp_grpc/phoenix'],
        },
      },
      telemetry: { metrics: { level: 'none' } },
    },
  };
}
