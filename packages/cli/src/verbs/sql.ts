import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { printableLines } from '@agento/contracts';
import { monthBack, NotFoundError } from '@agento/evidence';
import {
  type Answers,
  ask,
  type Database,
  openTables,
  QueryError,
  StoreError,
  tables,
} from '@agento/evidence-store';
import { whyNot } from '@agento/files';
import { dataDirectory } from '../environment.ts';
import { CommandError, type ExitCode, exitCodes } from '../exit-codes.ts';
import { jaegerAt } from '../in-jaeger.ts';
import { agento } from '../invocation.ts';
import { usualWidth } from '../page-output.ts';
import { blocksOf } from '../sql/blocks.ts';
import { csvOf } from '../sql/csv.ts';
import { indexing } from '../sql/indexing.ts';
import { jsonOf } from '../sql/json.ts';
import { keptFromJaeger } from '../sql/kept-from-jaeger.ts';
import { tableOf } from '../sql/table.ts';
import { oneLine, styleOf, type Terminal } from '../terminal.ts';
import { unreadable } from '../unreadable.ts';

export interface SqlOptions {
  file?: string;
  from?: string[];
  jaeger?: string;
  since?: number;
  json?: boolean;
  csv?: boolean;
  blocks?: boolean;
}

/** `agento sql`: a question to the tables of all traces. */
export async function sql(
  terminal: Terminal,
  statement: string | undefined,
  options: SqlOptions,
): Promise<ExitCode> {
  if ([options.json, options.csv, options.blocks].filter(Boolean).length > 1) {
    throw new CommandError(exitCodes.usage, 'It is one of --json, --csv and --blocks.');
  }
  if (options.jaeger !== undefined && options.from !== undefined) {
    throw new CommandError(exitCodes.usage, 'The traces are either in --jaeger or in --from.');
  }
  if (options.jaeger === undefined && options.since !== undefined) {
    throw new CommandError(
      exitCodes.usage,
      '--since is for --jaeger.',
      'Of files, name the time in the statement: WHERE started > …',
    );
  }
  const question = await questionOf(terminal, statement, options);
  if (question === null) {
    terminal.stdout.write(listOfTables(terminal));
    return exitCodes.done;
  }
  const opened = await open(terminal, options);
  try {
    await answer(terminal, await ask(opened, question, terminal.interrupted), options);
  } catch (error) {
    if (error instanceof StoreError) throw new CommandError(exitCodes.failed, error.message);
    if (!(error instanceof QueryError) || terminal.interrupted.aborted) throw error;
    const names = tables.map(({ name }) => name).join(', ');
    throw new CommandError(
      exitCodes.usage,
      error.message,
      `The tables are ${names}; \`${agento} sql\` lists their columns.`,
    );
  } finally {
    opened.close();
  }
  return exitCodes.done;
}

async function questionOf(
  { stdin }: Terminal,
  statement: string | undefined,
  { file }: SqlOptions,
): Promise<string | null> {
  if (statement !== undefined && file !== undefined) {
    throw new CommandError(exitCodes.usage, 'There are two statements: the argument, and the one in --file.');
  }
  const text = file !== undefined ? await textOf(file) : statement === '-' ? await allOf(stdin) : statement;
  if (text === undefined) return null;
  if (text.trim() === '') throw new CommandError(exitCodes.usage, 'The statement is empty.');
  return text;
}

function textOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    throw unreadable(file, error, 'Pass a file with one SQL statement.');
  });
}

async function allOf(stdin: Terminal['stdin']): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

async function open(terminal: Terminal, options: SqlOptions): Promise<Database> {
  const from = options.jaeger === undefined ? options.from : [await kept(terminal, options.jaeger, options)];
  const missing = from?.find((source) => !existsSync(source));
  if (missing !== undefined)
    throw new CommandError(exitCodes.notFound, `No such file or folder: ${missing}.`);
  const progress = indexing(terminal);
  try {
    return await openTables({
      dataDir: dataDirectory(terminal.env),
      ...(from && { sources: from }),
      ...progress.listener,
      interrupted: terminal.interrupted,
    });
  } catch (error) {
    if (error instanceof StoreError) throw new CommandError(exitCodes.failed, error.message);
    throw error;
  } finally {
    progress.end();
  }
}

/** The folder with what Jaeger has: it has no tables to ask. */
async function kept({ env, interrupted }: Terminal, jaeger: string, { since }: SqlOptions): Promise<string> {
  const until = Date.now();
  const search = { since: since ?? until - monthBack, until };
  try {
    return await keptFromJaeger(dataDirectory(env), jaegerAt(jaeger, env), search, interrupted);
  } catch (error) {
    if (error instanceof NotFoundError) throw new CommandError(exitCodes.notFound, error.message);
    const { code, path } = error as NodeJS.ErrnoException;
    if (code === undefined || path === undefined) throw error;
    throw new CommandError(
      exitCodes.failed,
      `${path} cannot be written: ${whyNot(error)}.`,
      'Set AGENTO_DATA_DIR to another folder.',
    );
  }
}

async function answer(
  { stdout, env, interrupted }: Terminal,
  answers: Answers,
  { json, csv, blocks }: SqlOptions,
): Promise<void> {
  const lines = json
    ? jsonOf(answers)
    : csv
      ? csvOf(answers)
      : blocks
        ? blocksOf(answers, styleOf(stdout, env), stdout.columns ?? usualWidth)
        : tableOf(answers, stdout.columns);
  for await (const line of lines) {
    // A program that reads the data gets them as they are.
    const text = stdout.isTTY && csv ? printableLines(line) : line;
    if (!stdout.write(`${text}\n`)) await once(stdout, 'drain', { signal: interrupted });
  }
}

function listOfTables({ stdout, env }: Terminal): string {
  const { bold, dim } = styleOf(stdout, env);
  const blocks = tables.map(({ name, about, columns }) => {
    const width = Math.max(...Object.keys(columns).map((column) => column.length));
    const lines = Object.entries(columns).map(
      ([column, [type, what]]) => `  ${column.padEnd(width)}  ${dim(type.padEnd(9))}  ${oneLine(what)}`,
    );
    return `${bold(name)}  ${about}\n${lines.join('\n')}\n`;
  });
  return blocks.join('\n');
}
