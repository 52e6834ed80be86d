import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { isLive, type Terminal } from './terminal.ts';

/**
 * Writes a long text: on a terminal through $PAGER, else through `less` where it is installed, which shows what fits a
 * screen at once. An empty PAGER, or `cat`, writes it as it is.
 */
export async function paged(terminal: Terminal, text: string): Promise<void> {
  const { stdout, env } = terminal;
  const pager = env.PAGER?.trim() ?? 'less';
  if (!isLive(stdout, env) || pager === '' || pager === 'cat') {
    stdout.write(text);
    return;
  }
  const child = spawn(pager, {
    // The variable holds a command; what is the default may be missing, which a shell would report itself.
    shell: env.PAGER !== undefined,
    stdio: ['pipe', 'inherit', 'inherit'],
    env: { ...env, LESS: env.LESS ?? 'FRX' },
  });
  // Whoever ends the pager early has read enough.
  child.stdin.on('error', () => {});
  child.stdin.end(text);
  const [started] = await Promise.race([
    once(child, 'close').then(() => [true]),
    once(child, 'error').then(() => [false]),
  ]);
  if (!started) stdout.write(text);
}
