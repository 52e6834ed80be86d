import { readFileSync, realpathSync } from 'node:fs';
import { createRequire, isBuiltin, stripTypeScriptTypes } from 'node:module';
import path from 'node:path';
import { specifiersOf } from './specifiers.ts';

/** A module as it is installed. */
export interface Module {
  /** Its path from the root, in the checkout. */
  source: string;
  /** JavaScript; each line stands where it stood in the source. */
  code: string;
  /** Names of packages it imports from outside the workspace. */
  external: string[];
}

/** The path of a module as it is installed. */
export const installedPath = (source: string) => source.replace(/\.ts$/, '.js');

/**
 * The modules that can be reached from the entries (paths from `root`), types taken out. Modules of the workspace name each
 * other by path then, since the workspace's packages become folders of one.
 *
 * @throws where a module names a file that is not there
 */
export function modulesFrom(entries: readonly string[], root: string): Module[] {
  const modules = new Map<string, Module | null>();
  const visit = (source: string): void => {
    if (modules.has(source)) return;
    modules.set(source, null);
    const text = readFileSync(path.join(root, source), 'utf8');
    const stripped = source.endsWith('.ts') ? stripTypeScriptTypes(text) : text;
    const external: string[] = [];
    let code = '';
    let copied = 0;
    for (const { text: named, start, end } of specifiersOf(stripped)) {
      const target = fileOf(named, source, root);
      if (target === null) {
        if (!isBuiltin(named)) external.push(packageOf(named));
        continue;
      }
      if (!/\.(ts|mjs)$/.test(target)) continue;
      visit(target);
      const to = path.relative(path.dirname(source), installedPath(target));
      code += `${stripped.slice(copied, start)}'${to.startsWith('.') ? to : `./${to}`}'`;
      copied = end;
    }
    modules.set(source, { source, code: code + stripped.slice(copied), external });
  };
  for (const entry of entries) visit(entry);
  return [...modules.values()].filter((module) => module !== null);
}

/** The file of the workspace that a module names, from the root; null: it is none of the workspace's. */
function fileOf(named: string, source: string, root: string): string | null {
  if (named.startsWith('.')) return path.join(path.dirname(source), named);
  if (!named.startsWith('@agento/')) return null;
  return path.relative(root, realpathSync(createRequire(path.join(root, source)).resolve(named)));
}

const packageOf = (named: string) => named.split('/', named.startsWith('@') ? 2 : 1).join('/');
