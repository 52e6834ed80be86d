import type { Terminal } from './terminal.ts';

/** Asks a question that is answered with yes or no; null where nobody can answer. Ctrl-C is a no. */
export async function agreement(
  { stdin, stderr, interrupted }: Terminal,
  question: string,
): Promise<boolean | null> {
  if (!('isTTY' in stdin) || stdin.isTTY !== true) return null;
  stderr.write(`${question} [y/N] `);
  // A terminal that is still read from would keep the process alive.
  const stop = () => 'destroy' in stdin && typeof stdin.destroy === 'function' && stdin.destroy();
  interrupted.addEventListener('abort', stop);
  try {
    return /^y(es)?$/i.test((await firstLine(stdin)).trim()) && !interrupted.aborted;
  } catch (error) {
    if (interrupted.aborted) return false;
    throw error;
  } finally {
    interrupted.removeEventListener('abort', stop);
  }
}

async function firstLine(stdin: AsyncIterable<string | Uint8Array>): Promise<string> {
  let text = '';
  for await (const chunk of stdin) {
    text += Buffer.from(chunk).toString('utf8');
    if (text.includes('\n')) break;
  }
  return text.split('\n')[0] ?? '';
}
