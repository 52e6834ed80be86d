import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { Module5Output } from '@agento/contracts';
import type { RecordedSpan, Trace } from '@agento/evidence';
import type { Chain } from '../src/chain.ts';
import { post } from '../src/post.ts';

export const root = new URL('../../..', import.meta.url).pathname;
export const choir = {
  session_id: 'session-1',
  goal: 'Take our choir on an international tour',
  context: 'The choir has 34 singers. The tour may take no more than nine days. Our savings are €12,000.',
};

export interface Said {
  code: number | null;
  text: string;
  /** Of the run that was begun. */
  runId: string;
  traceId: string;
}

/** `agento replay` as a user calls it. */
export async function replay(chain: Chain, ...given: string[]): Promise<Said> {
  const command = [join(root, 'packages/cli/src/main.mjs'), 'replay', ...given, '--url', chain.url(1)];
  const child = spawn(process.execPath, command, {
    env: {
      PATH: process.env.PATH ?? '',
      AGENTO_DATA_DIR: chain.dataDir,
      npm_config_user_agent: 'pnpm/12.0.0',
    },
  });
  let text = '';
  for (const output of [child.stdout, child.stderr])
    output.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  text = stripVTControlCharacters(text);
  const named = (pattern: RegExp) => pattern.exec(text)?.[1] ?? '';
  return {
    code,
    text,
    runId: named(/^Compare {2}.* compare \S+ (\S+)$/m),
    traceId: named(/^Trace {2}(\S+)$/m),
  };
}

/** A file of a run, without its ids, times and what it cost. */
export async function fileOf(chain: Chain, runId: string, name: string): Promise<string> {
  const text = await readFile(join(chain.dataDir, 'runs', runId, name), 'utf8');
  return text
    .replaceAll(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, '(run)')
    .replaceAll(/\b[0-9a-f]{32}\b/g, '(trace)')
    .replaceAll(/span_id":( ?)"[0-9a-f]{16}"/g, 'span_id":$1"(span)"')
    .replaceAll(/\b\d+ model calls?, \d+ tokens in, \d+ out/g, '(usage)');
}

export const isChat = ({ name }: RecordedSpan) => name.startsWith('chat ');
export const keyOf = ({ attributes }: RecordedSpan) => String(attributes['agento.call.key']);
export const made = ({ spans }: Trace) =>
  spans.filter((span) => isChat(span) && span.attributes['agento.replayed'] !== true);

/** A run of the chain, and its trace. */
export async function recorded(chain: Chain, more: object = {}) {
  const { body } = await post<Module5Output>(chain.url(1), { ...choir, ...more });
  return { body, trace: await chain.trace(body.trace_metadata.trace_id) };
}
