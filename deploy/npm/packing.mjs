import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Spans reach an application's SDK only through one and the same copy of this package: the application brings it. */
const shared = '@opentelemetry/api';

/** The packages that a folder's files import. */
function importedBy(folder) {
  const texts = readdirSync(folder)
    .filter((file) => /\.(js|d\.ts)$/.test(file))
    .map((file) => readFileSync(join(folder, file), 'utf8'));
  const imports = texts.join('\n').matchAll(/\b(?:from|import) ?\(?"((?:@[^"/]+\/)?[^"/.][^"/]*)/g);
  return new Set([...imports].map(([, name]) => name));
}

/**
 * pnpm calls it with the manifest that goes into a tarball. What is built in, or only of use to the workspace, is no
 * dependency of it. The workspace's exact versions become ranges, or an application with the SDK of another patch
 * release would have two.
 */
export const hooks = {
  beforePacking({ devDependencies, dependencies = {}, ...manifest }, folder) {
    const imported = importedBy(join(folder, 'dist'));
    const kept = Object.entries(dependencies).filter(([name]) => imported.has(name));
    const ranges = kept.map(([name, version]) => [
      name,
      name.startsWith('@agento/') ? version : `^${version}`,
    ]);
    const { [shared]: api, ...others } = Object.fromEntries(ranges);
    return { ...manifest, dependencies: others, ...(api && { peerDependencies: { [shared]: api } }) };
  },
};
