import path from 'node:path';

/** The folder with all of Agento's code: the checkout, `/app` in an image, or the package that npm installed. */
export const root = path.resolve(import.meta.dirname, '..', '..', '..');

/** Whether npm installed it, so that nothing may be written beside the code. */
export const installed = root.split(path.sep).includes('node_modules');

/**
 * The folder that relative paths in variables are meant from, and where `.env` lies: the root, wherever a command is
 * started; of an installed package, which anybody may use from any folder, the one it is started in.
 */
export const home = installed ? process.cwd() : root;
