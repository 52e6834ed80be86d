import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '@agento/files/home';
import { expect, test } from 'vitest';

/** Relative imports of a file, as paths from the root. */
function relativeImports(file: string): string[] {
  const source = readFileSync(path.join(root, file), 'utf8');
  return [...source.matchAll(/(?:from|import\(?) ?'(\.[^']+)'/g)].map(([, to = '']) =>
    path.join(path.dirname(file), to),
  );
}

test('A package is imported by its name, never by a path into its folder.', () => {
  const folders = globSync(['packages/*', 'services/*', 'bench', 'e2e'], { cwd: root });
  const astray = folders.flatMap((folder) =>
    globSync('**/*.ts', { cwd: path.join(root, folder), exclude: ['**/node_modules/**'] })
      .map((file) => path.join(folder, file))
      .flatMap((file) => relativeImports(file).map((to) => ({ file, to })))
      .filter(({ to }) => !to.startsWith(`${folder}/`))
      // What lies in no package has no name.
      .filter(({ to }) => folders.some((other) => to.startsWith(`${other}/`)))
      // Measurements of inner parts, which no package hands out.
      .filter(({ to }) => folder !== 'bench' || !/^packages\/[\w-]+\/src\//.test(to)),
  );

  expect(astray).toEqual([]);
});
