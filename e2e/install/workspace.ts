import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** Gives the version the workspace has of a package; throws for one that is not in its catalog. */
export function versionsOfWorkspace(): (name: string) => string {
  const file = join(import.meta.dirname, '../../pnpm-workspace.yaml');
  const { catalog } = parse(readFileSync(file, 'utf8')) as { catalog: Record<string, string> };
  return (name) => {
    const version = catalog[name];
    if (version === undefined) throw new Error(`${name} is not in the catalog of pnpm-workspace.yaml`);
    return version;
  };
}
