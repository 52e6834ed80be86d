import { createReadStream } from 'node:fs';
import { limits, type Module1Input, reviewedModule } from '@agento/contracts';
import { CommandError, exitCodes } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';
import { unreadable } from './unreadable.ts';

/** The options of a run, as the command line gives them. */
export interface RunOptions {
  context?: string;
  stopAfter?: number;
  sessionId?: string;
  /** Whether it waits for a person. */
  review?: boolean;
  json?: boolean;
}

/**
 * The body of `POST /run` from the goal and the options. Throws a CommandError (exit 2, a file that is not
 * there: 3) for what module 1 would refuse, so that nothing has to be started to learn of it.
 */
export async function goalInput(
  terminal: Terminal,
  goal: string,
  options: RunOptions,
): Promise<Module1Input> {
  if (goal === '-' && options.context === '-') {
    throw new CommandError(exitCodes.usage, 'Standard input cannot be both the goal and the context.');
  }
  const text = goal === '-' ? (await textOf(terminal.stdin)).trim() : goal;
  if (text.trim() === '') {
    throw new CommandError(exitCodes.usage, 'The goal is empty.', 'State the goal, in quotes.');
  }
  checkSize('goal', text, limits.goal);
  const input: Module1Input = { goal: text };
  if (options.context !== undefined) input.context = await contextText(terminal, options.context);
  if (options.stopAfter !== undefined) input.stop_after = options.stopAfter;
  if (options.review) {
    if ((options.stopAfter ?? Number.POSITIVE_INFINITY) <= reviewedModule) {
      throw new CommandError(
        exitCodes.usage,
        `With --stop-after ${options.stopAfter} there is nothing to decide: --review waits after module ${reviewedModule}.`,
      );
    }
    input.review = 'revisions';
  }
  if (options.sessionId !== undefined) input.session_id = options.sessionId;
  return input;
}

async function contextText(terminal: Terminal, file: string): Promise<string> {
  if (file === '-') return checkSize('context', await textOf(terminal.stdin), limits.context);
  try {
    return checkSize('context', await readText(createReadStream(file), file), limits.context);
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw unreadable(file, error, 'Pass a text file with --context, or `-` for standard input.');
  }
}

async function textOf(input: AsyncIterable<string | Uint8Array>): Promise<string> {
  try {
    return await readText(input, 'Standard input');
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw unreadable('Standard input', error, 'Pipe a text into it: `… - < goal.txt`.');
  }
}

/** Of goal and context: most bytes read, and what to do about more. */
const ofInput = {
  most: 2 * limits.context,
  hint: `The limit is ${limits.goal} for the goal, ${limits.context} for the context.`,
};

/**
 * Reads a text to its end; throws a CommandError for what is none, and for a longer one without reading it to the end,
 * which it may not have.
 */
export async function readText(
  input: AsyncIterable<string | Uint8Array>,
  source: string,
  { most, hint } = ofInput,
): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of input) {
    const bytes = Buffer.from(chunk);
    chunks.push(bytes);
    size += bytes.length;
    if (size > most) break;
  }
  const text = decode(Buffer.concat(chunks), source, size > most);
  if (size <= most) return text;
  throw new CommandError(exitCodes.usage, `${source} is longer than ${most} bytes.`, hint);
}

/** UTF-8, or UTF-16 where a byte order mark says so; binary data is neither. `cut`: a character may end in the middle. */
function decode(bytes: Uint8Array, source: string, cut: boolean): string {
  const mark = Buffer.from(bytes.subarray(0, 2)).toString('hex');
  const encoding = mark === 'fffe' ? 'utf-16le' : mark === 'feff' ? 'utf-16be' : 'utf-8';
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: cut });
    if (!text.includes('\0')) return text;
  } catch {
    // Neither.
  }
  throw new CommandError(exitCodes.usage, `${source} is not UTF-8 text.`);
}

/** The text; throws a CommandError where it has more bytes than that. */
export function checkSize(name: string, text: string, most: number): string {
  const size = Buffer.byteLength(text);
  if (size <= most) return text;
  const hint = name === 'goal' ? 'Put the background into a file and pass it with --context.' : 'Shorten it.';
  throw new CommandError(
    exitCodes.usage,
    `The ${name} has ${size} bytes; the limit is ${most} (${most / 1024} KiB).`,
    hint,
  );
}
