import { createHash } from 'node:crypto';
import path from 'node:path';
import { type Changes, changesOf } from './changes.ts';
import { StoreError } from './duckdb.ts';
import { indexFiles, type Progress } from './index-files.ts';
import { type Database, deleteDatabase, hasDatabase, openDatabase, partsFolder } from './open-database.ts';
import { createTables, isCurrent } from './schema.ts';
import { filesIn } from './sources.ts';

export interface StoreOptions {
  /** AGENTO_DATA_DIR: the tables are kept in `evidence/` below it. */
  dataDir: string;
  /** Folders and files with traces; by default the embedded receiver's folder. */
  sources?: readonly string[];
  onProgress?(progress: Progress): void;
  /** Something that takes time or was repaired, in a sentence. */
  onNews?(sentence: string): void;
  interrupted?: AbortSignal;
}

/** The file with the tables of these sources. */
export function databaseFile({ dataDir, sources }: Pick<StoreOptions, 'dataDir' | 'sources'>): string {
  const folder = path.join(dataDir, 'evidence');
  if (!sources) return path.join(folder, 'traces.duckdb');
  const named = sources.map((source) => path.resolve(source)).sort();
  const digest = createHash('sha256').update(JSON.stringify(named)).digest('hex');
  return path.join(folder, `${digest.slice(0, 16)}.duckdb`);
}

/**
 * Brings the tables up to what the sources hold now, and opens them to be asked; nothing can be written, and nothing else
 * be read, through them. The caller closes them. In one process they are open once at a time. Rejects with a StoreError
 * where they cannot be had.
 */
export async function openTables(options: StoreOptions): Promise<Database> {
  const { dataDir, sources = [path.join(dataDir, 'traces')], onNews = () => {} } = options;
  const file = databaseFile(options);
  const interrupted = options.interrupted ?? new AbortController().signal;
  let told = '';
  const onWait = (sentence: string) => {
    if (sentence !== told) onNews(sentence);
    told = sentence;
  };
  const open = (access: 'read' | 'write') => openDatabase(file, access, { onWait, interrupted });
  try {
    // Others may read at the same time: only who has something to write asks for the file alone.
    if (hasDatabase(file)) {
      const database = await usable(() => open('read'));
      if (database) {
        const { read, gone } = await changesOf(database.connection, filesIn(sources));
        if (read.length === 0 && gone.length === 0) return database;
        database.close();
      } else onNews('The tables are of another version, or damaged: they are made again from the traces');
    }
    const database = (await usable(() => open('write'))) ?? (await afresh(file, () => open('write')));
    try {
      const changes: Changes = await changesOf(database.connection, filesIn(sources));
      await indexFiles(database.connection, changes, {
        scratch: partsFolder(file),
        onProgress: options.onProgress ?? (() => {}),
        interrupted,
      });
    } finally {
      database.close();
    }
    return await open('read');
  } catch (error) {
    throw sentenceOf(error, file);
  }
}

/** Null for a file that is not DuckDB's, is damaged, or has the tables of another version. */
async function usable(open: () => Promise<Database>): Promise<Database | null> {
  let database: Database | undefined;
  try {
    database = await open();
    if (await isCurrent(database.connection)) return database;
  } catch (error) {
    if (!(error instanceof Error) || isOfSystem(error)) throw error;
  }
  database?.close();
  return null;
}

async function afresh(file: string, open: () => Promise<Database>): Promise<Database> {
  deleteDatabase(file);
  const database = await open();
  try {
    await createTables(database.connection);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

const fullDisk = /No space left on device|ENOSPC|Disk quota exceeded|File too large/i;
const refused = /Permission denied|Read-only file system|EACCES|EROFS/i;

/** What is wrong with the system, not with the file. */
function isOfSystem(error: Error): boolean {
  return (
    error instanceof StoreError ||
    error.name === 'AbortError' ||
    fullDisk.test(error.message) ||
    refused.test(error.message)
  );
}

/** DuckDB's errors of the disk, as a sentence; any other as it is. */
function sentenceOf(error: unknown, file: string): unknown {
  const { message } = error as Error;
  const elsewhere = 'Make room, or set AGENTO_DATA_DIR to another folder; the traces are untouched.';
  if (fullDisk.test(message))
    return new StoreError(`${file} cannot be written: the disk is full. ${elsewhere}`);
  if (refused.test(message)) {
    return new StoreError(
      `${file} cannot be written: permission denied. Make it writable, or set AGENTO_DATA_DIR to another folder and name the traces with --from.`,
    );
  }
  return error;
}
