import { execFileSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { chain } from '@agento/contracts';
import { root } from '@agento/files/home';
import { buildPage } from '@agento/page/build';
import { manifestOf } from './manifest.ts';
import { installedPath, modulesFrom } from './modules.ts';
import { readWorkspace } from './workspace.ts';

/**
 * `pnpm pack:product`: makes the tarball that npm installs, and prints its path. In it every file stands where it stands in
 * the checkout, JavaScript for TypeScript, with the page built (docs/decisions/2026-11-29-the-product-is-one-package.md).
 */
const folder = path.join(root, 'dist', 'product');

function write(file: string, text: string): void {
  const target = path.join(folder, file);
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, text);
}

rmSync(folder, { recursive: true, force: true });
await buildPage();
const modules = modulesFrom(
  ['packages/cli/src/main.mjs', ...chain.map(({ number }) => `services/module${number}/src/server.ts`)],
  root,
);
for (const { source, code } of modules) write(installedPath(source), code);

const workspace = readWorkspace(root);
const packages = workspace.packages.filter(({ folder }) =>
  modules.some(({ source }) => source.startsWith(`${folder}/`)),
);
const files = [
  // What modules read: prompts, patterns, the page without the map of its sources.
  ...packages.flatMap(({ folder }) =>
    globSync(`${folder}/{src,prompts,parts,built}/**/*.{md,yaml,html,css,js,svg}`, { cwd: root }),
  ),
  // What messages point to, and what people look for.
  ...globSync(['docs/*.md', '.env.example', 'LICENSE', 'CHANGELOG.md'], { cwd: root }),
];
for (const file of files) cpSync(path.join(root, file), path.join(folder, file));
cpSync(path.join(root, 'packages', 'cli', 'README.md'), path.join(folder, 'README.md'));
write('package.json', `${JSON.stringify(manifestOf(modules, packages, workspace), null, 2)}\n`);

const destination = path.dirname(folder);
const name = execFileSync('npm', ['pack', '--silent', '--pack-destination', destination], {
  cwd: folder,
  encoding: 'utf8',
});
console.log(path.join(destination, name.trim()));
