import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '..', '..', '..');

interface Manifest {
  name: string;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

const manifests = new Map(
  globSync(['packages/*/package.json', 'services/*/package.json'], { cwd: root }).map((file) => {
    const manifest = JSON.parse(readFileSync(path.join(root, file), 'utf8')) as Manifest;
    return [manifest.name, { ...manifest, file }];
  }),
);

/** All that a package brings along, as `pnpm install --prod --no-optional` installs it. */
function broughtBy(name: string): Set<string> {
  const brought = new Set(Object.keys(manifests.get(name)?.dependencies ?? {}));
  for (const one of brought)
    for (const other of Object.keys(manifests.get(one)?.dependencies ?? {})) brought.add(other);
  return brought;
}

test('No service and no image brings DuckDB along: not by a package, nor as an optional one', () => {
  const served = [...manifests.values()]
    .filter(({ file }) => file.startsWith('services/'))
    .map(({ name }) => name);
  expect(served).not.toHaveLength(0);
  for (const name of [...served, '@agento/offline-model']) {
    const brought = [...broughtBy(name)];
    expect(
      brought.filter((one) => /duckdb|evidence-store/.test(one)),
      name,
    ).toEqual([]);
  }
  const dockerfile = readFileSync(path.join(root, 'Dockerfile'), 'utf8');
  expect(dockerfile).toMatch(/pnpm install --prod --no-optional /);
});
