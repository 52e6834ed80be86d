import { chmodSync, existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeFolder, whyNot } from '@agento/files';
import { type DuckDb, loadDuckDb, StoreError } from './duckdb.ts';

/** What DuckDB may take for an answer; while traces are read, Node needs more of the gigabyte. */
export const memoryLimit = '320MB';
const memoryLimitOfWriting = '120MB';
/** What an answer may put down on the disk besides; DuckDB would fill nine tenths of it, where services keep runs. */
export const diskLimit = '2GB';

/** Neither files nor networks are reached from SQL, and no extension is loaded. */
const locked = {
  enable_external_access: 'false',
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
  threads: '2',
};

export type Connection = DuckDb.DuckDBConnection;

export interface Database {
  connection: Connection;
  close(): void;
}

export type Access = 'read' | 'write';

/** Told while another process has the file. */
export type OnWait = (sentence: string) => void;

/** How long another process may have the file. */
const longestWaitMs = 10 * 60_000;

/**
 * Opens the file; waits while another process has it. Rejects with a StoreError where it cannot be had, and with DuckDB's
 * error where the file is none of its.
 */
export async function openDatabase(
  file: string,
  access: Access,
  { onWait, interrupted }: { onWait: OnWait; interrupted: AbortSignal },
): Promise<Database> {
  const { DuckDBInstance } = await loadDuckDb();
  if (access === 'write') {
    await makeFolder(path.dirname(file)).catch((error: unknown) => {
      throw new StoreError(
        `${path.dirname(file)} cannot be made: ${whyNot(error)}. Set AGENTO_DATA_DIR to another folder.`,
      );
    });
  }
  const options = {
    // Before external access ends, after which it cannot be set.
    temp_directory: `${file}.tmp`,
    ...locked,
    memory_limit: access === 'read' ? memoryLimit : memoryLimitOfWriting,
    ...(access === 'write' && { storage_compatibility_version: 'latest' }),
    access_mode: access === 'read' ? 'READ_ONLY' : 'READ_WRITE',
    ...(access === 'read' && { max_temp_directory_size: diskLimit, lock_configuration: 'true' }),
  };
  for (const began = Date.now(); ; ) {
    try {
      const instance = await DuckDBInstance.create(file, options);
      if (access === 'write') {
        chmodSync(file, 0o600);
        // Left by a process that was killed: this one has the file alone.
        for (const left of [partsFolder(file), `${file}.tmp`]) rmSync(left, { recursive: true, force: true });
      }
      const connection = await instance.connect();
      return {
        connection,
        close() {
          connection.closeSync();
          instance.closeSync();
        },
      };
    } catch (error) {
      const { message } = error as Error;
      if (!/Could not set lock on file|being used by another process/.test(message)) throw error;
      interrupted.throwIfAborted();
      const holder = /\(PID (\d+)\)/.exec(message)?.[1];
      const who = holder === undefined ? 'Another process' : `Process ${holder}`;
      if (Date.now() - began > longestWaitMs) {
        throw new StoreError(`${who} has had ${file} for ten minutes: wait for it, or end it.`);
      }
      onWait(`${who} reads or writes the tables: waiting for it`);
      await sleep(200);
    }
  }
}

/** Deletes the file and what belongs to it. It is made again from the traces. */
export function deleteDatabase(file: string): void {
  for (const end of ['', '.wal', '.tmp', '.parts']) rmSync(`${file}${end}`, { recursive: true, force: true });
}

/** Where large files are divided, while they are read. */
export const partsFolder = (file: string): string => `${file}.parts`;

export const hasDatabase = (file: string): boolean => existsSync(file);
