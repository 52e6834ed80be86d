import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { printable, readEnvironment, serviceVariables } from '@agento/contracts';
import { home } from '@agento/files/home';
import { unreadable } from './unreadable.ts';

/** The environment with what `.env` at home adds to it; variables already set win. */
export function withEnvFile(env: NodeJS.ProcessEnv, file = path.join(home, '.env')): NodeJS.ProcessEnv {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { ...env };
    throw unreadable(file, error, 'It must hold variables, one NAME=value per line: fix or remove it.');
  }
  return { ...parseEnv(text), ...env };
}

/** The absolute path of AGENTO_DATA_DIR, which is relative to home. */
export function dataDirectory(env: NodeJS.ProcessEnv): string {
  const { AGENTO_DATA_DIR } = readEnvironment({ AGENTO_DATA_DIR: serviceVariables.AGENTO_DATA_DIR }, env);
  return path.resolve(home, AGENTO_DATA_DIR);
}

/** The URL as it may be shown: without the credentials in it. */
export async function shownUrl(url: string): Promise<string> {
  // Loaded only for foreign addresses: the redaction rules take a quarter of a second.
  const { withoutCredentials } = await import('@agento/redaction');
  return printable(withoutCredentials(url));
}

/** True if the variable is set and not empty. */
export function isSet(env: NodeJS.ProcessEnv, name: string): boolean {
  return Boolean(env[name]?.trim());
}

/** Where to reach a server that listens on this address: one that listens everywhere is reached on loopback. */
export function addressOf(host: string, port: number): string {
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}
