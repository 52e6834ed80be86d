import { stripVTControlCharacters } from 'node:util';
import { printable } from '@agento/contracts';
import colors from 'picocolors';

export interface Output extends NodeJS.WritableStream {
  isTTY?: boolean;
  columns?: number;
}

/** A verb's whole environment, so that tests can replace it. */
export interface Terminal {
  stdin: AsyncIterable<string | Uint8Array>;
  stdout: Output;
  stderr: Output;
  /** The environment, with what `.env` adds to it. */
  env: NodeJS.ProcessEnv;
  /** Aborted when the user (or whoever started the process) wants it to end. */
  interrupted: AbortSignal;
}

export type Style = ReturnType<typeof colors.createColors>;

/** True if lines can be redrawn: a terminal that understands cursor movement. */
export function isLive(output: Output, env: NodeJS.ProcessEnv): boolean {
  return output.isTTY === true && env.TERM !== 'dumb';
}

/** Colour on a terminal; NO_COLOR and FORCE_COLOR=0 turn it off everywhere, any other FORCE_COLOR on in a pipe. */
export function styleOf(output: Output, { FORCE_COLOR: forced, ...env }: NodeJS.ProcessEnv): Style {
  const off = Boolean(env.NO_COLOR) || forced === '0' || forced === 'false';
  return colors.createColors(!off && (Boolean(forced) || isLive(output, env)));
}

/** Text from a model or a server as one harmless line: it must not be able to control the terminal. */
export function oneLine(text: string): string {
  return printable(stripVTControlCharacters(text)).trim();
}

/** As one word for a POSIX shell. */
export function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** `420 ms`, `2.1 s`, `3 min 05 s`. */
export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}

/** Resolves when the user wants the process to end. */
export async function interruption({ interrupted }: Terminal): Promise<void> {
  if (interrupted.aborted) return;
  await new Promise<void>((resolve) => {
    interrupted.addEventListener('abort', () => resolve(), { once: true });
  });
}
