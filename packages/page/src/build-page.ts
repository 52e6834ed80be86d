import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { builtFolder, isBuilt } from './built.ts';

const own = path.resolve(import.meta.dirname, '..');
const sources = path.join(own, 'browser');
const mark = path.join(builtFolder, '.sources');

/**
 * Builds the page if its sources are here and are not those it was built from, and says whether it did. Where there are
 * no sources (in an image, in a package) it is built already.
 *
 * @throws the bundler's error
 */
export async function buildPage(): Promise<boolean> {
  if (!existsSync(sources)) return false;
  const hash = await hashOfSources();
  if (isBuilt() && hash === (await readFile(mark, 'utf8').catch(() => ''))) return false;
  const { build } = await import('vite');
  // Beside the old one, so that whoever serves it, or builds it as well, never sees half a page.
  const outDir = `${builtFolder}.${randomUUID()}`;
  try {
    await build({
      configFile: path.join(own, 'vite.config.ts'),
      logLevel: 'error',
      build: { outDir },
    });
    await writeFile(path.join(outDir, '.sources'), hash);
    await rm(builtFolder, { recursive: true, force: true });
    await rename(outDir, builtFolder).catch((error: NodeJS.ErrnoException) => {
      // Another process was faster, with the same page.
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(outDir, { recursive: true, force: true });
  }
  return true;
}

async function hashOfSources(): Promise<string> {
  const files = (await readdir(sources, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
  const hash = createHash('sha256');
  for (const file of [...files, path.join(own, 'package.json'), path.join(own, 'vite.config.ts')])
    hash
      .update(path.relative(own, file))
      .update('\0')
      .update(await readFile(file))
      .update('\0');
  return hash.digest('hex');
}
