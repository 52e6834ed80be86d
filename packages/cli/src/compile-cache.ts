import path from 'node:path';

/** Where Node keeps compiled code between starts. It may be deleted at any time. */
export const compileCache = path.resolve(
  import.meta.dirname,
  '..',
  '..',
  '..',
  'node_modules',
  '.cache',
  'agento',
);
