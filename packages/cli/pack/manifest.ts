import type { Module } from './modules.ts';
import type { Workspace, WorkspacePackage } from './workspace.ts';

/**
 * The package.json of the product: it depends on what its packages depend on, each in the one version of the workspace, and
 * on the Node that the workspace brings.
 *
 * @throws where a module imports what would not be installed
 */
export function manifestOf(
  modules: readonly Module[],
  packages: readonly WorkspacePackage[],
  { root, catalog }: Workspace,
): object {
  const versionsOf = (kind: 'dependencies' | 'optionalDependencies') => {
    const names = packages
      .flatMap(({ manifest }) => Object.entries(manifest[kind] ?? {}))
      .filter(([, range]) => range === 'catalog:')
      .map(([name]) => name);
    return Object.fromEntries([...new Set(names)].sort().map((name) => [name, catalog[name]]));
  };
  const dependencies = versionsOf('dependencies');
  const optionalDependencies = { ...versionsOf('optionalDependencies'), ...root.optionalDependencies };
  const { name, version, description, license, repository } = root;
  for (const { source, external } of modules) {
    const owner = packages.find(({ folder }) => source.startsWith(`${folder}/`))?.manifest;
    // What only development needs is not reached where npm installs: Vite, where the page is built.
    for (const imported of external)
      if (!(imported in { ...dependencies, ...optionalDependencies, ...owner?.devDependencies }))
        throw new Error(`${source} imports ${imported}, which is no dependency of ${owner?.name ?? name}`);
  }
  return {
    name: '@agento/cli',
    version,
    description,
    keywords: ['agents', 'llm', 'opentelemetry', 'planning', 'tracing'],
    license,
    ...(repository !== undefined && { repository }),
    type: 'module',
    bin: { agento: 'packages/cli/src/main.mjs' },
    exports: { './package.json': './package.json' },
    engines: { node: '>=20' },
    publishConfig: { access: 'public' },
    dependencies,
    optionalDependencies,
  };
}
