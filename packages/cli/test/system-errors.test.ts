import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { withEnvFile } from '../src/environment.ts';
import { agento } from './test-terminal.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'agento-errors-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** What the command says, with the folder's name left out; it never is a stack, nor the system's own code. */
async function said(arguments_: string[], env: NodeJS.ProcessEnv = {}) {
  const { exitCode, stdout, stderr } = await agento(arguments_, { env });
  expect(stdout + stderr).not.toMatch(/\bE[A-Z]{3,}\b|^ +at /m);
  return [exitCode, stderr.replaceAll(folder, 'FOLDER')];
}

describe('What the system refuses is said in a sentence, with what to do', () => {
  test('a folder, a missing file and a file in the path, wherever a file is asked for', async () => {
    await writeFile(path.join(folder, 'file'), '');
    const below = path.join(folder, 'file', 'below');
    const context = '→ Pass a text file with --context, or `-` for standard input.\n';
    expect(await said(['goal', 'x', '--context', folder])).toEqual([
      2,
      `✖ FOLDER cannot be read: it is a folder, not a file.\n${context}`,
    ]);
    expect(await said(['start', 'x', '--context', below])).toEqual([
      2,
      `✖ FOLDER/file/below cannot be read: a part of its path is a file, not a folder.\n${context}`,
    ]);
    for (const verb of ['trace', 'validate']) {
      expect(await said([verb, folder])).toEqual([
        3,
        '✖ FOLDER is a folder without trace files (.json, .jsonl).\n',
      ]);
    }
    expect(await said(['legacy', 'compare', folder, 'x'])).toEqual([
      2,
      '✖ FOLDER cannot be read: it is a folder, not a file.\n→ Pass the manual_traces.json of a module.\n',
    ]);
    expect(await said(['legacy', 'compare', path.join(folder, 'none'), 'x'])).toEqual([
      3,
      '✖ No such file: FOLDER/none.\n→ Pass the manual_traces.json of a module.\n',
    ]);
  });

  test('a traces folder that is a file', async () => {
    await writeFile(path.join(folder, 'traces'), '');
    expect(await said(['receive', '--port', '0'], { AGENTO_DATA_DIR: folder })).toEqual([
      2,
      '✖ FOLDER/traces cannot be used: a file with that name is in the way\n' +
        '→ The folder: make it writable, or set AGENTO_DATA_DIR to another.\n',
    ]);
  });

  test('a .env that is a folder', async () => {
    await mkdir(path.join(folder, '.env'));
    expect(() => withEnvFile({}, path.join(folder, '.env'))).toThrow(
      `${folder}/.env cannot be read: it is a folder, not a file.`,
    );
  });

  test('a port in use', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    expect(await said(['model', '--port', String(port)])).toEqual([
      1,
      `✖ Port ${port} on 127.0.0.1 is in use.\n→ Choose another port with --port.\n`,
    ]);
    const env = { AGENTO_DATA_DIR: folder };
    const [exitCode, stderr] = await said(['receive', '--port', String(port)], env);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining(`✖ Port ${port} on 127.0.0.1 is in use`)]);
    other.close();
  });

  test.each([
    ['192.0.2.1', 'this machine does not have the address'],
    ['none.invalid', /the host name does not resolve|the host name could not be looked up/],
  ])('the address %s', async (host, why) => {
    const env = { AGENTO_HOST: host, AGENTO_ALLOW_ANONYMOUS: 'true', AGENTO_DATA_DIR: folder };
    for (const [verb, code] of [['start', 2] as const, ['model', 1] as const, ['receive', 1] as const]) {
      const port = verb === 'start' ? '--port-base' : '--port';
      const [exitCode, stderr] = await said([verb, port, '0'], env);
      expect([exitCode, stderr]).toEqual([code, expect.stringMatching(why)]);
    }
  });

  test.skipIf(process.platform !== 'linux')('output that finds no room', async () => {
    const main = path.join(import.meta.dirname, '..', 'src', 'main.ts');
    const script = `"${process.execPath}" "${main}" --help > /dev/full`;
    const failed = await promisify(execFile)('sh', ['-c', script]).catch((error) => error);
    expect([failed.code, failed.stderr]).toEqual([1, '✖ The output cannot be written: the disk is full.\n']);
  });
});
