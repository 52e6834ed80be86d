import { PassThrough } from 'node:stream';
import { run } from '../src/run.ts';
import type { Terminal } from '../src/terminal.ts';

interface World {
  env?: NodeJS.ProcessEnv;
  stdin?: string;
  interrupted?: AbortSignal;
}
export interface Result {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** Variables that a developer's own `.env` could set: empty ones count as unset, and win over the file. */
const untouched = {
  OPENAI_API_KEY: '',
  OPENAI_BASE_URL: '',
  AGENTO_MODEL: '',
  AGENTO_HOST: '',
  AGENTO_DATA_DIR: '',
  OTEL_EXPORTER_OTLP_ENDPOINT: '',
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: '',
  OTEL_ENDPOINT: '',
  AGENTO_OTLP_ENDPOINT: '',
  AGENTCORE_OTLP_ENDPOINT: '',
};

/** A terminal in memory: a pipe, where nothing is drawn over and nothing is coloured. */
export function testTerminal({ env = {}, stdin = '', interrupted }: World = {}) {
  const written = { stdout: '', stderr: '' };
  const collect = (name: 'stdout' | 'stderr') =>
    new PassThrough().on('data', (chunk: Buffer) => {
      written[name] += chunk.toString();
    });
  const terminal: Terminal = {
    stdin: new PassThrough().end(stdin),
    stdout: collect('stdout'),
    stderr: collect('stderr'),
    env: { ...untouched, ...env },
    interrupted: interrupted ?? new AbortController().signal,
  };
  return { terminal, written };
}

/** Runs the command line in this process. */
export async function agento(arguments_: string[], world: World = {}): Promise<Result> {
  const { terminal, written } = testTerminal(world);
  const exitCode = await run(arguments_, terminal);
  return { exitCode, ...written };
}
