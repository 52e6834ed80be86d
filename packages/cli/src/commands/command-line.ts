import type { Command } from 'commander';
import type { ExitCode } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';

/** What verbs are added to. */
export interface CommandLine {
  program: Command;
  terminal: Terminal;
  /** Awaits the verb, which says how the process ends. */
  ends(verb: Promise<ExitCode>): Promise<void>;
}
