import { homedir } from 'node:os';
import path from 'node:path';
import { installed, root } from '@agento/files/home';

/** Where Node keeps compiled code between starts. It may be deleted at any time. */
export const compileCache = installed
  ? path.join(process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'agento', 'compiled')
  : path.join(root, 'node_modules', '.cache', 'agento');
