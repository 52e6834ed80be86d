import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

/** What a package.json of the workspace says. */
export interface Manifest {
  name: string;
  version: string;
  description?: string;
  license?: string;
  repository?: unknown;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

/** A package of the workspace, and its folder, from the root. */
export interface WorkspacePackage {
  folder: string;
  manifest: Manifest;
}

export interface Workspace {
  root: Manifest;
  packages: WorkspacePackage[];
  /** The version of each dependency. */
  catalog: Record<string, string>;
}

/** Reads the manifests of the workspace at `root`. */
export function readWorkspace(root: string): Workspace {
  const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
  const manifestIn = (folder: string) => JSON.parse(read(path.join(folder, 'package.json'))) as Manifest;
  const { catalog } = parse(read('pnpm-workspace.yaml')) as Workspace;
  const files = globSync(['packages/*/package.json', 'services/*/package.json'], { cwd: root }).sort();
  return {
    root: manifestIn('.'),
    packages: files
      .map((file) => path.dirname(file))
      .map((folder) => ({ folder, manifest: manifestIn(folder) })),
    catalog,
  };
}
