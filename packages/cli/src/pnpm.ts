/**
 * How whoever started the process calls pnpm: by its name where they have it, else by way of npx, which brings it for
 * that one call and leaves nothing on the PATH.
 */
export function pnpmOf(env: NodeJS.ProcessEnv): string {
  const { npm_config_user_agent: agent = '', npm_execpath: program = '' } = env;
  return agent.startsWith('pnpm/') && !/[\\/]_npx[\\/]/.test(program) ? 'pnpm' : 'npx --yes pnpm@12';
}

/** What the commands begin with that this process tells its user to give. */
export const pnpm = pnpmOf(process.env);
