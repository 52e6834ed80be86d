/** What was asked for, or this instead if there is no such file or folder. */
export function unlessMissing<T, U>(asked: Promise<T>, instead: U): Promise<T | U> {
  return asked.catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return instead;
    throw error;
  });
}
