import { existsSync } from 'node:fs';
import path from 'node:path';

/** Where the built page lies. */
export const builtFolder = path.resolve(import.meta.dirname, '../built');

/** Whether there is one; `buildPage` makes it. */
export function isBuilt(): boolean {
  return existsSync(path.join(builtFolder, 'index.html'));
}
