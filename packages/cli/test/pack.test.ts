import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from '@agento/files/home';
import { expect, test } from 'vitest';
import { modulesFrom } from '../pack/modules.ts';
import { specifiersOf } from '../pack/specifiers.ts';

test('The files that a module names are found, and nothing that only looks like one', () => {
  const code = [
    "import { a } from './a.ts';",
    "export * from '@agento/files';",
    "const b = await import('./b.ts');",
    "const thread = new URL('./thread.ts', import.meta.url);",
    "const page = new URL('./page.ts', 'http://127.0.0.1');",
    "// import './commented.ts'",
    "const text = `import './quoted.ts'`;",
  ].join('\n');

  expect(specifiersOf(code).map(({ text }) => text)).toEqual([
    './a.ts',
    '@agento/files',
    './b.ts',
    './thread.ts',
  ]);
});

test('A module loses its types and nothing else: lines stay, and the files it names are named as they are installed', () => {
  const modules = modulesFrom(['packages/evidence-api/src/evidence-thread.ts'], root);
  const [{ source, code } = { source: '', code: '' }] = modules;
  const written = readFileSync(path.join(root, source), 'utf8');

  expect(code).toContain("new URL('./worker.js', import.meta.url)");
  expect(code).not.toContain(': Promise<');
  expect(code.split('\n').findIndex((line) => line.includes('postMessage'))).toBe(
    written.split('\n').findIndex((line) => line.includes('postMessage')),
  );
  expect(modules.map((module) => module.source)).toContain('packages/evidence-api/src/worker.ts');
  expect(modules.map((module) => module.code).join('\n')).not.toMatch(/from '@agento\//);
});

test('A module that names a file which is not there is refused', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'agento-pack-'));
  writeFileSync(path.join(folder, 'main.ts'), "import './missing.ts';");

  expect(() => modulesFrom(['main.ts'], folder)).toThrow(/missing\.ts/);
  rmSync(folder, { recursive: true });
});
