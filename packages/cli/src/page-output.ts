import { printableLines } from '@agento/contracts';
import { type Page, pageAsMarkdown, pageAsText } from '@agento/evidence';
import { CommandError, exitCodes } from './exit-codes.ts';
import { paged } from './pager.ts';
import { styleOf, type Terminal } from './terminal.ts';

export interface PageOptions {
  json?: boolean;
  md?: boolean;
}

/** Width of lines where the terminal does not say it. */
export const usualWidth = 100;

/** Writes what was found in the form that was asked for: for people, as Markdown, or as JSON. */
export async function writePage(
  terminal: Terminal,
  data: unknown,
  page: Page,
  { json, md }: PageOptions,
): Promise<void> {
  const { stdout, env } = terminal;
  if (json && md) throw new CommandError(exitCodes.usage, 'It is either --json or --md.');
  if (json) stdout.write(`${printableLines(JSON.stringify(data, null, 2))}\n`);
  else if (md) stdout.write(pageAsMarkdown(page));
  else
    await paged(
      terminal,
      pageAsText(page, { colors: styleOf(stdout, env), width: stdout.columns ?? usualWidth }),
    );
}
