import { printable } from '@agento/contracts';
import { renderTree, type ViewOptions } from '@agento/evidence';
import { CommandError, type ExitCode, exitCodes } from '../exit-codes.ts';
import { agento } from '../invocation.ts';
import { paged } from '../pager.ts';
import { styleOf, type Terminal } from '../terminal.ts';
import { type SourceOptions, traceFrom } from '../trace-source.ts';

interface TraceOptions extends SourceOptions, Omit<ViewOptions, 'modules'> {
  module?: number[];
  agent?: string[];
}

/** `agento trace`: the tree, to read. */
export async function trace(terminal: Terminal, source: string, options: TraceOptions): Promise<ExitCode> {
  const found = await traceFrom(terminal, source, options);
  if (found.spans.length === 0) {
    const message = `${printable(source)} has no spans${found.trace_id ? ` of trace ${printable(found.trace_id)}` : ''}`;
    throw new CommandError(
      exitCodes.notFound,
      message,
      `\`${agento} validate\` shows what is wrong with the file.`,
    );
  }
  const { stdout, env } = terminal;
  const { jaeger: _, module: modules, agent: agents, ...view } = options;
  const color = styleOf(stdout, env).isColorSupported;
  const width = stdout.columns;
  const tree = renderTree(found, {
    ...view,
    ...(modules && { modules }),
    ...(agents && { agents }),
    color,
    ...(width !== undefined && { width }),
  });
  await paged(terminal, `${tree.trimEnd()}\n`);
  return exitCodes.done;
}
