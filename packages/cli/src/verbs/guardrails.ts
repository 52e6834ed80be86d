import { printableLines } from '@agento/contracts';
import { backTest, backTestPage } from '@agento/critic';
import { dataDirectory } from '../environment.ts';
import { CommandError, type ExitCode, exitCodes } from '../exit-codes.ts';
import { guardrailsFrom } from '../guardrail-file.ts';
import { startCommand } from '../invocation.ts';
import { type PageOptions, writePage } from '../page-output.ts';
import { readingsOf } from '../readings.ts';
import type { Terminal } from '../terminal.ts';
import type { SourceOptions } from '../trace-source.ts';

export interface TestOptions extends SourceOptions, PageOptions {
  runs?: string[];
  all?: boolean;
}

/** `agento guardrails test`: what guardrails would have done in stored runs. */
export async function testGuardrails(
  terminal: Terminal,
  file: string,
  options: TestOptions,
): Promise<ExitCode> {
  const guardrails = await guardrailsFrom(file);
  const sources = options.runs ?? [dataDirectory(terminal.env)];
  const test = await backTest(guardrails, readingsOf(terminal, sources, options));
  if (test.runs === 0) {
    throw new CommandError(
      exitCodes.notFound,
      `No runs in ${printableLines(sources.join(', '))}.`,
      `\`${startCommand} "<goal>"\` makes one; --runs names runs, files or folders of traces.`,
    );
  }
  await writePage(terminal, test, backTestPage(test, { all: options.all ?? false }), options);
  return exitCodes.done;
}
