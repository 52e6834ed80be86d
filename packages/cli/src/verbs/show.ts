import { printableLines } from '@agento/contracts';
import { NotShownError, pageAsMarkdown, pageAsText, type Shown, show as shown } from '@agento/evidence';
import { CommandError, type ExitCode, exitCodes } from '../exit-codes.ts';
import { paged } from '../pager.ts';
import { type RunOptions, runFrom } from '../run-source.ts';
import { styleOf, type Terminal } from '../terminal.ts';

/** Width of lines where the terminal does not say it. */
const usualWidth = 100;

/** `agento show`: a run, or what the words mean in it. */
export async function show(
  terminal: Terminal,
  source: string,
  what: string[],
  options: RunOptions & { json?: boolean; md?: boolean },
): Promise<ExitCode> {
  if (options.json && options.md) {
    throw new CommandError(exitCodes.usage, 'It is either --json or --md.');
  }
  const reading = await runFrom(terminal, source, options);
  let found: Shown;
  try {
    found = shown(reading, what);
  } catch (error) {
    if (error instanceof NotShownError) throw new CommandError(exitCodes.notFound, error.message);
    throw error;
  }
  const { stdout, env } = terminal;
  if (options.json) stdout.write(`${printableLines(JSON.stringify(found.data, null, 2))}\n`);
  else if (options.md) stdout.write(pageAsMarkdown(found.page));
  else {
    const form = { colors: styleOf(stdout, env), width: stdout.columns ?? usualWidth };
    await paged(terminal, pageAsText(found.page, form));
  }
  return exitCodes.done;
}
