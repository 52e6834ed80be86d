import { stat } from 'node:fs/promises';

/** False for what is not there, too. */
export function isFolder(place: string): Promise<boolean> {
  return stat(place).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
