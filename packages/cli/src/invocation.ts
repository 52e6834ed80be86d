import path from 'node:path';
import { chain } from '@agento/contracts';
import { home, installed, root } from '@agento/files/home';
import { dataDirectory, withEnvFile } from './environment.ts';
import { quoted } from './terminal.ts';

/**
 * How whoever started the process calls pnpm: by its name where they have it, else by way of npx, which brings it for
 * that one call and leaves nothing on the PATH.
 */
export function pnpmOf(env: NodeJS.ProcessEnv): string {
  const { npm_config_user_agent: agent = '', npm_execpath: program = '' } = env;
  return agent.startsWith('pnpm/') && !/[\\/]_npx[\\/]/.test(program) ? 'pnpm' : 'npx --yes pnpm@12';
}

const pnpm = pnpmOf(process.env);

/** Whether npm installed the package for the folder it is used in, or one above, rather than for the whole machine. */
const isLocal = `${home}${path.sep}`.startsWith(root.replace(/(?<=[\\/])node_modules[\\/].*/, ''));

/**
 * What printed commands begin with, before the verb. To npx always the package's name: the package `agento` on npm is
 * another's.
 */
export const agento = !installed ? `${pnpm} agento` : isLocal ? 'npx @agento/cli' : 'agento';

/** The command that starts everything. */
export const startCommand = installed ? `${agento} start` : `${pnpm} start`;

/** The command that shows a trace of this data folder. */
export function traceCommand(dataDir: string, id: string): string {
  return `${inDataDir(dataDir)}${agento} trace ${id}`;
}

/** The command that sends a goal to the services of this data folder whose module 1 is at the address. */
export function goalCommand(dataDir: string, url: string, goal: string): string {
  const elsewhere = url === `http://127.0.0.1:${chain[0]?.port}` ? '' : ` --url ${url}`;
  return `${inDataDir(dataDir)}${agento} goal "${goal}"${elsewhere}`;
}

/** The command by which a person decides about a run, of the services whose module 1 is at the address. */
export function reviewCommand(url: string, runId: string): string {
  const elsewhere = url === `http://127.0.0.1:${chain[0]?.port}` ? '' : ` --url ${url}`;
  return `${agento} review ${runId}${elsewhere}`;
}

/** The command that compares two runs. */
export function compareCommand(
  dataDir: string,
  before: string,
  now: string,
  { jaeger, attempts }: { jaeger?: string | undefined; attempts?: number[] | undefined } = {},
): string {
  const which = attempts === undefined ? '' : ` --attempt ${attempts.join(',')}`;
  const where = jaeger === undefined ? '' : ` --jaeger ${jaeger}`;
  return `${inDataDir(dataDir)}${agento} compare ${quoted(before)} ${now}${which}${where}`;
}

/** The prefix that makes a command in another shell use this folder, if it would not by default. */
function inDataDir(dataDir: string): string {
  return dataDir === dataDirectory(withEnvFile({})) ? '' : `AGENTO_DATA_DIR=${quoted(dataDir)} `;
}
