import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { accessSync, constants, mkdtempSync, readdirSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

/** A folder of its own with nothing but npm and one Node, as somebody has it who never saw the workspace. */
export interface Stranger {
  folder: string;
  /** Runs a program to its end; rejects with what it printed where it fails. */
  run(program: string, ...arguments_: string[]): Promise<string>;
  /** Starts a program, and leaves it running. */
  start(program: string, ...arguments_: string[]): Started;
  leave(): void;
}

export interface Started {
  process: ChildProcess;
  /** What it printed so far. */
  output(): string;
  /** Its exit code, or the signal that ended it. */
  ended: Promise<number | NodeJS.Signals | null>;
}

/** The folder of the Node that is installed on this machine, with its npm: not the one that packages bring. */
export function machinesNode(): string {
  const found = (process.env.PATH ?? '')
    .split(path.delimiter)
    .find((folder) => !folder.includes('node_modules') && isProgram(path.join(folder, 'node')));
  if (found === undefined) throw new Error('There is no node on the PATH');
  return found;
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** @param nodes folders, the first of which has the `node` to use */
export function stranger(nodes: readonly string[]): Stranger {
  const folder = mkdtempSync(path.join(tmpdir(), 'agento-stranger-'));
  // Neither the variables of this run nor those of a package manager above it.
  const kept = Object.entries(process.env).filter(([name]) =>
    /^(HOME|LANG|\w+_PROXY|NODE_EXTRA_CA_CERTS|SSL_CERT_\w+|npm_config_registry)$/i.test(name),
  );
  const env = {
    ...Object.fromEntries(kept),
    PATH: [...nodes, '/usr/bin', '/bin'].join(path.delimiter),
    XDG_CACHE_HOME: path.join(folder, 'cache'),
  };
  return {
    folder,
    run: async (program, ...arguments_) => {
      const { stdout } = await promisify(execFile)(program, arguments_, { cwd: folder, env });
      return stdout;
    },
    start(program, ...arguments_) {
      const child = spawn(program, arguments_, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
      let text = '';
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk: Buffer) => {
          text += chunk.toString();
        });
      const ended = new Promise<number | NodeJS.Signals | null>((resolve) =>
        child.once('close', (code, signal) => resolve(code ?? signal)),
      );
      return { process: child, output: () => text, ended };
    },
    leave: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The size of each file below a folder, in bytes. */
export function filesBelow(folder: string): Map<string, number> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  return new Map(files.map((file) => [path.relative(folder, file), statSync(file).size]));
}

/** The processes that work in a folder, by their ids. */
export function processesIn(folder: string): string[] {
  return readdirSync('/proc').filter((id) => {
    try {
      return /^\d+$/.test(id) && readlinkSync(`/proc/${id}/cwd`) === folder;
    } catch {
      return false; // It has ended since, or is another user's.
    }
  });
}
