import { chain } from '@agento/contracts';
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

/** The prefix of commands that this process prints. */
export const pnpm = pnpmOf(process.env);

/** The command that shows a trace of this data folder. */
export function traceCommand(dataDir: string, id: string): string {
  return `${inDataDir(dataDir)}${pnpm} agento trace ${id}`;
}

/** The command that sends a goal to the services of this data folder whose module 1 is at the address. */
export function goalCommand(dataDir: string, url: string, goal: string): string {
  const elsewhere = url === `http://127.0.0.1:${chain[0]?.port}` ? '' : ` --url ${url}`;
  return `${inDataDir(dataDir)}${pnpm} agento goal "${goal}"${elsewhere}`;
}

/** The command by which a person decides about a run, of the services whose module 1 is at the address. */
export function reviewCommand(url: string, runId: string): string {
  const elsewhere = url === `http://127.0.0.1:${chain[0]?.port}` ? '' : ` --url ${url}`;
  return `${pnpm} agento review ${runId}${elsewhere}`;
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
  return `${inDataDir(dataDir)}${pnpm} agento compare ${quoted(before)} ${now}${which}${where}`;
}

/** The prefix that makes a command in another shell use this folder, if it would not by default. */
function inDataDir(dataDir: string): string {
  return dataDir === dataDirectory(withEnvFile({})) ? '' : `AGENTO_DATA_DIR=${quoted(dataDir)} `;
}
