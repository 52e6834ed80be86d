import { printable } from '@agento/contracts';
import { renderTree } from '@agento/evidence';
import { CommandError, type ExitCode, exitCodes } from '../exit-codes.ts';
import { pnpm } from '../pnpm.ts';
import { styleOf, type Terminal } from '../terminal.ts';
import { type SourceOptions, traceFrom } from '../trace-source.ts';

interface TraceOptions extends SourceOptions {
  executions?: boolean;
}

/** `agento trace`: a trace as a tree. */
export async function trace(terminal: Terminal, source: string, options: TraceOptions): Promise<ExitCode> {
  const found = await traceFrom(terminal, source, options);
  if (found.spans.length === 0) {
    const message = `${printable(source)} has no spans${found.trace_id ? ` of trace ${printable(found.trace_id)}` : ''}`;
    throw new CommandError(
      exitCodes.notFound,
      message,
      `\`${pnpm} agento validate\` shows what is wrong with the file.`,
    );
  }
  const color = styleOf(terminal.stdout, terminal.env).isColorSupported;
  terminal.stdout.write(
    `${renderTree(found, { color, executions: options.executions === true }).trimEnd()}\n`,
  );
  return exitCodes.done;
}
