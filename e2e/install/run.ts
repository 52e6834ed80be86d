import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

/**
 * Runs a program with this Node in a folder, with nothing of this process's environment but the path. Throws with what
 * it printed unless it ends with 0.
 */
export async function run(program: string, args: string[], folder: string, env: NodeJS.ProcessEnv = {}) {
  const ending = promisify(execFile)(program, args, {
    cwd: folder,
    env: { PATH: `${dirname(program)}:${process.env.PATH}`, NO_COLOR: '1', ...env },
  });
  const { stdout, stderr } = await ending.catch((error: Error & { stdout: string }) => {
    throw new Error(`${error.message}\n${error.stdout}`);
  });
  return { output: stdout, errors: stderr };
}
